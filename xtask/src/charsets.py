"""What the codes of the reference's encodings stand for, as the tables of crates/charsets say it."""

# an encoding, and the one that it is told of by its differences
BASES = {
    'gb2312': '', 'gb18030': '', 'gbk': 'gb18030',
    'big5': '', 'cp950': 'big5', 'big5hkscs': 'big5',
    'euc_jp': '', 'euc_jis_2004': 'euc_jp', 'euc_jisx0213': 'euc_jis_2004',
    'shift_jis': 'euc_jp shifted', 'cp932': 'shift_jis',
    'shift_jis_2004': 'euc_jis_2004 shifted', 'shift_jisx0213': 'shift_jis_2004',
    'cp949': '', 'euc_kr': '', 'johab': '',
}
SECOND_PLANE = [0, 7, 2, 3, 4, 11, 12, 13, 14, *range(77, 94)]


def decoded(code, codec):
    try:
        return bytes.fromhex(code).decode(codec)
    except UnicodeDecodeError:
        return None


def encoded(point, codec):
    try:
        return chr(point).encode(codec).hex()
    except UnicodeEncodeError:
        return None


def order(code):
    return len(code), code


def meanings(codec):
    known = {}
    for lead in range(256):
        text = decoded(f'{lead:02x}', codec)
        if text is not None:
            if text != chr(lead) or lead >= 0x80:
                known[f'{lead:02x}'] = text
            continue
        begins = [f'{lead:02x}']
        if lead == 0x8f and codec.startswith('euc_j'):
            begins = [f'8f{second:02x}' for second in range(0xa1, 0xff)]
        for begin in begins:
            for last in range(256):
                text = decoded(f'{begin}{last:02x}', codec)
                if text is not None:
                    known[f'{begin}{last:02x}'] = text
    return known


def shifted(known):
    """The codes of an EUC for Japanese in the form of Shift JIS."""
    result = {code: text for code, text in known.items() if len(code) == 2}
    for code, text in known.items():
        if code.startswith('8e') and len(code) == 4:
            result[code[2:]] = text
            continue
        row, cell = (byte - 0xa1 for byte in bytes.fromhex(code)[-2:]) if len(code) > 2 else (-1, -1)
        if row < 0 or cell < 0 or len(code) == 6 and row not in SECOND_PLANE:
            continue
        if len(code) == 6:
            row = 94 + SECOND_PLANE.index(row)
        lead = row // 2 + (0xc1 if row // 2 + 0x81 >= 0xa0 else 0x81)
        second = cell + (0x9f if row % 2 else 0x41 if cell >= 0x3f else 0x40)
        result[f'{lead:02x}{second:02x}'] = text
    return result


def told(known, before):
    """Lines for what is not as in another table."""
    lines, last = [], None
    for code in sorted({*known, *before}, key=order):
        text = known.get(code)
        if text == before.get(code):
            last = None
            continue
        kind = 'none' if text is None else 'one' if len(text) == 1 else 'pair'
        follows = last == (len(code), int(code, 16) - 1, kind) and code[-2:] != '00'
        if kind == 'none' and follows:
            lines[-1] = lines[-1].split('..')[0] + '..' + code
        elif kind == 'none':
            lines.append('-' + code)
        elif kind == 'pair':
            lines.append(f'{code}=' + '+'.join(f'{ord(c):04x}' for c in text))
        elif follows:
            lines[-1] += text
        else:
            lines.append(f'{code} {text}')
        last = len(code), int(code, 16), kind
    return lines


def otherwise(codec, known):
    """What is written otherwise than it is read, and the ranges that are written with four bytes."""
    inverse, ranges, others = {}, [], {}
    for code in sorted(known, key=order):
        inverse.setdefault(known[code], code)
    for point in range(0x110000):
        code = encoded(point, codec)
        plain = f'{point:02x}' if point < 0x80 and f'{point:02x}' not in known else None
        if code == inverse.get(chr(point), plain):
            continue
        if code and len(code) == 8:
            a, b, c, d = bytes.fromhex(code)
            number = ((a - 0x81) * 10 + b - 0x30) * 1260 + (c - 0x81) * 10 + d - 0x30
            if point >= 0x10000:
                continue
            if ranges and ranges[-1][1] == point - 1 and number - ranges[-1][2] == point - ranges[-1][0]:
                ranges[-1][1] = point
            else:
                ranges.append([point, point, number])
        elif not code or len(code) < 16:
            others[point] = code or '-'
    return ranges, others


tables, all_others = {}, {}
for codec, base in BASES.items():
    name, *how = base.split() or ['']
    before = tables.get(name, {})
    before = shifted(before) if how else before
    others_before = {} if how else all_others.get(name, {})
    known = tables[codec] = meanings(codec)
    ranges, others = otherwise(codec, known)
    all_others[codec] = others
    print('#', codec)
    if base:
        print('base', base)
    for line in told(known, before):
        print(line)
    for first, last, number in ranges:
        print(f'~{first:04x} {last:04x} {number}')
    for point in sorted({*others, *others_before}):
        if others.get(point) != others_before.get(point):
            print(f'>{point:04x} {others.get(point, "=")}')
