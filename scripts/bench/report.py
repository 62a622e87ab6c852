"""Writes what was measured into a document, between marks, and the plots beside it.

    report.py FOLDER DOCUMENT

FOLDER has table.json (by the yardstick), clients.json, tls.json, curves.json and local.json, or
some of them.
What stands between `<!-- bench: NAME -->` and `<!-- bench: end -->` is written anew where NAME
has figures; the plots go into the folder `plots` beside the document.
"""
import json
import re
import statistics
import sys
from pathlib import Path

from chart import Line, chart

COLOURS = {'ours': '#d9480f', 'Redis': '#1971c2', 'floor': '#868e96', 'CPython': '#2f9e44'}
NAMES = {'floor': 'C echo'}
DASH = '–'


def short(number):
    if number is None:
        return DASH
    if abs(number) >= 100:
        return f'{number:,.0f}'
    if abs(number) >= 10:
        return f'{number:.1f}'
    return f'{number:.2f}' if abs(number) >= 1 else f'{number:.3f}'


def rows(*lines):
    return ['| ' + ' | '.join(line) + ' |' for line in lines]


# ------------------------------------------------------------------------------ the server

def server_table(result):
    """The yardstick's table, its medians only."""
    facts = result['facts']
    redis = f', Redis {facts["Redis"]}' if 'Redis' in facts else ''
    rounds = f'{facts["rounds"]} interleaved rounds of {facts["seconds"]:g} s'
    lines = [
        f'Medians of {rounds}, {facts["cpus"]} CPUs of {facts["cpu"]}, Linux {facts["kernel"]}, '
        f'CPython {" and ".join(facts["CPython"])}{redis}, {facts["date"][:10]}.', '']
    others = ['CPython', 'Redis', 'floor']
    columns = ['ours', *others, *(f'ours/{other}' for other in others)]
    lines += rows(['case', 'unit', 'pin', *columns])
    lines.append('|---|---|---|' + '---:|' * len(columns))
    for name, case in result['cases'].items():
        figures = [case['figures'].get(column, {}).get('median') for column in columns]
        lines += rows([name, case['unit'], case['pin'], *map(short, figures)])
    failures = [f'* {name}, {who}: {reason}' for name, case in result['cases'].items()
                for who, reason in case['failures'].items()]
    return lines + ([''] + failures if failures else [])


# ----------------------------------------------------------------------------- the clients

def median(series, name, point, figure='rate'):
    values = series.get(name, {}).get(point, {}).get(figure)
    return statistics.median(values) if values else None


def ratio(series, name, other, point):
    """The median of the ratios within a round."""
    ours, theirs = (series.get(key, {}).get(point, {}).get('rate') or [] for key in (name, other))
    ratios = [mine / their for mine, their in zip(ours, theirs) if their]
    return statistics.median(ratios) if ratios and len(ours) == len(theirs) else None


def client_table(result):
    columns = ['case', 'door', 'unit', 'pin', 'our server', 'p50 µs', 'p99 µs',
               'CPython\'s server', 'C client, C server', 'ours/C']
    lines = [f'Medians of {result["rounds"]} interleaved rounds.', '', *rows(columns),
             '|---|---|---|---|' + '---:|' * (len(columns) - 4)]
    series = result['series']
    for name, case in result['cases'].items():
        for door in result['doors']:
            ours = f'{door}@ours'
            if name not in series.get(ours, {}):
                continue
            figures = [median(series, ours, name), median(series, ours, name, 'p50'),
                       median(series, ours, name, 'p99'), median(series, f'{door}@CPython', name),
                       median(series, 'floor', name), ratio(series, ours, 'floor', name)]
            lines += rows([case['title'], door, case['unit'], case['pin'], *map(short, figures)])
    return lines + failures(result)


def tls_table(result):
    """How much of the calls is left under TLS, and beside it of what C exchanges under TLS."""
    series = result['series']
    lines = [f'Medians of {result["rounds"]} interleaved rounds, over TCP; ratios within a round.',
             '', *rows(['case', 'unit', 'plain', 'TLS', 'C under TLS', 'TLS/plain', 'TLS/C']),
             '|---|---|' + '---:|' * 5]
    cases = [('blocking', 'get, blocking door, one CPU', 'calls/s'),
             ('loop', 'get, task on the loop, one CPU', 'calls/s'),
             ('global', 'get, global executor, one CPU', 'calls/s'),
             ('get', 'get 1 MiB', 'MB/s'), ('set', 'set 1 MiB', 'MB/s')]
    for point, title, unit in cases:
        figures = [*(median(series, name, point) for name in ('plain', 'tls', 'floor')),
                   *(ratio(series, 'tls', name, point) for name in ('plain', 'floor'))]
        lines += rows([title, unit, *map(short, figures)])
    return lines + failures(result)


def failures(result):
    return [''] + [f'* {line}' for line in result['failures']] if result['failures'] else []


# ------------------------------------------------------------------------------ the curves

def line(series, name, figure='rate', x=None, dashed=False, suffix=''):
    """A contender's line; x is the point itself, or one of its figures."""
    points = []
    for point in series.get(name, {}):
        y = median(series, name, point, figure)
        points.append((median(series, name, point, x) if x else float(point), y))
    return Line(NAMES.get(name, name) + suffix, points, COLOURS[name], dashed)


def curve_table(curve, noun):
    """A row for each point, and how much of the first one's throughput the last one has."""
    series = curve['series']
    names = [name for name in COLOURS if name in series]
    points = sorted({point for name in names for point in series[name]}, key=float)
    lines = rows([noun, *(f'{NAMES.get(name, name)}, calls/s' for name in names)])
    lines.append('|---:|' + '---:|' * len(names))
    for point in points:
        lines += rows([f'{float(point):,.0f}',
                       *(short(median(series, name, point)) for name in names)])
    return lines + failures(curve)


def load_table(curve):
    series = curve['series']
    names = [name for name in COLOURS if name in series]
    lines = rows(['connections of load',
                  *(f'{NAMES.get(name, name)}: calls/s, p50, p99 µs' for name in names)])
    lines.append('|---:|' + '---:|' * len(names))
    for point in sorted({point for name in names for point in series[name]}, key=float):
        cells = [', '.join(short(median(series, name, point, figure))
                           for figure in ('rate', 'p50', 'p99')) for name in names]
        lines += rows([point, *cells])
    return lines + failures(curve)


def plots(curves):
    """The text of each plot by its file's name."""
    series = {name: curves[name]['series'] for name in ('connections', 'keys', 'load')}
    order = {name: [who for who in COLOURS if who in series[name]] for name in series}
    load = [line(series['load'], name, figure, 'rate', figure == 'p99', f', {figure}')
            for name in order['load'] for figure in ('p50', 'p99')]
    return {
        'connections.svg': chart(
            'Throughput against connections: get, 64-byte values', 'connections', 'calls a second',
            [line(series['connections'], name) for name in order['connections']], log_x=True),
        'keys.svg': chart(
            'Throughput against keys: get, 50 connections', 'keys in the dict', 'calls a second',
            [line(series['keys'], name) for name in order['keys']], log_x=True),
        'load.svg': chart(
            'Latency against load: get by one connection while others ask too',
            'calls a second, all connections together', 'latency, µs', load, log_y=True)}


def curve_sections(curves):
    return [
        f'Medians of {curves["rounds"]} interleaved rounds, the server on one CPU.', '',
        '![latency against load](plots/load.svg)', '', *load_table(curves['load']), '',
        '![throughput against connections](plots/connections.svg)', '',
        *curve_table(curves['connections'], 'connections'), '',
        '![throughput against keys](plots/keys.svg)', '', *curve_table(curves['keys'], 'keys')]


# -------------------------------------------------------------------------- the local half

def local_table(result):
    facts = result['facts']
    lines = [
        f'Medians of {facts["rounds"]} interleaved rounds of {facts["seconds"]:g} s, '
        f'{facts["cpus"]} CPUs, Linux {facts["kernel"]}, CPython {facts["python"]}, '
        f'{facts["date"]}; ratios within a round, above 1 where ours is better.', '',
        *rows(['', 'unit', 'ours', 'CPython', 'ratio', 'least … most', 'goal']),
        '|---|---|---:|---:|---:|---:|---:|']
    for case in result['cases'].values():
        if not case:
            continue
        goal = f'≥ {case["goal"]:g}×' if case['goal'] else f'≤ {case["limit"]:g} {case["unit"]}'
        lines += rows([case['title'], case['unit'], short(case['ours']), short(case['other']),
                       short(case['ratio']), f'{short(case["least"])} … {short(case["most"])}',
                       goal])
    return lines + failures(result)


# ---------------------------------------------------------------------------- the document

def replaced(text, name, lines):
    """The document with these lines between the marks of that name."""
    begin, end = f'<!-- bench: {name} -->', '<!-- bench: end -->'
    pattern = re.escape(begin) + '.*?' + re.escape(end)
    if not re.search(pattern, text, re.S):
        raise SystemExit(f'the document has no {begin}')
    whole = '\n'.join([begin, *lines, end])
    return re.sub(pattern, lambda _: whole, text, count=1, flags=re.S)


def main():
    folder, document = map(Path, sys.argv[1:])
    text = document.read_text()
    for name, section in (('table', server_table), ('clients', client_table),
                          ('tls', tls_table), ('curves', curve_sections), ('local', local_table)):
        file = folder / f'{name}.json'
        if not file.exists():
            continue
        result = json.loads(file.read_text())
        lines = section(result)
        print('\n'.join(['', *lines]))
        text = replaced(text, name, lines)
        if name == 'curves':
            place = document.parent / 'plots'
            place.mkdir(exist_ok=True)
            for plot, svg in plots(result).items():
                (place / plot).write_text(svg)
    document.write_text(text)


if __name__ == '__main__':
    main()
