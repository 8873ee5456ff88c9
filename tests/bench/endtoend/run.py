#!/usr/bin/env python3
"""1,000,000 candles of one minute from a local server into SQLite: our command line against two other programs.

    cmake --preset release && cmake --build --preset release --target mnemo-quant-cli klineserver bare
    tests/bench/endtoend/run.py [--build build/release] [--rounds 5] [--rows 1000000] [--sides off,on,peer,bare] [--limited 1]

Sides: `off` and `on` are mnemo-quant-cli backfill without and with its archive, `peer` is CCXT with better-sqlite3 (peer.mjs; npm
installs it into the build folder, better-sqlite3 from source), `bare` is curl, simdjson and multi-row VALUES in one loop (bare.cpp).
They take turns, the order rotates from round to round, each on a new folder. CPU (user and system) and peak memory are
those of the client's process from start to end, as wait4 tells; the server's work is not counted, but it shares the cores. Ratios are
of one round; the median over the rounds counts. After each run the database must hold every row, and the values of the first
round are compared with those of `bare`, both ways. --limited N runs N times against a server that permits 50 requests of 1000 rows a second.
"""
import argparse, json, os, shutil, sqlite3, statistics, subprocess, sys, tempfile, time, urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIRST = 1672531200000  # 2023-01-01, where the server's rows begin
COLUMNS = "open_time, open, high, low, close, volume"


class Server:
    def __init__(self, build, rows, rate=0):
        self.process = subprocess.Popen([build / "bench/klineserver", str(rows), str(rate)], stdout=subprocess.PIPE, text=True)
        self.url = "http://127.0.0.1:" + self.process.stdout.readline().strip()

    def stats(self):
        return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url + "/stats"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def command_line(build, url, folder, rows, settings):
    sets = [f"exchanges.binance.base_url={url}", *settings]
    end = FIRST + rows * 60000
    config = folder / "config" # nobody's own settings
    config.mkdir()
    return [str(build / "bin/mnemo-quant-cli"), "--config-dir", str(config), "--data-dir", str(folder),
            *(part for s in sets for part in ("--set", s)),
            "backfill", "--exchange", "binance", "--symbol", "BTC/USDT", "--timeframe", "1m", "--from", str(FIRST), "--to", str(end)]


def commands(build, url, folder, rows):
    free = "exchanges.binance.rate.spot.limit=1000000000"
    db = str(folder / "mnemo.db")
    return {
        "off": lambda: command_line(build, url, folder, rows, [free, "bronze.keep=off"]),
        "on": lambda: command_line(build, url, folder, rows, [free]),
        "peer": lambda: ["node", str(build / "bench/peer/peer.mjs"), url, db, str(FIRST), str(rows)],
        "bare": lambda: [str(build / "bench/bare"), url, db, str(FIRST), str(rows)],
    }


def measured(command):
    """Seconds, CPU seconds and peak MiB of one process."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            sys.exit(f"{' '.join(command)}\nended with {process.returncode}:\n{output.read().decode(errors='replace')[-2000:]}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024}


def check_rows(path, rows):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        found = db.execute("SELECT count(*), min(open_time), max(open_time) FROM candles").fetchone()
    if found != (rows, FIRST, FIRST + (rows - 1) * 60000):
        sys.exit(f"{path} holds {found}, not {rows} rows from {FIRST}")


def check_equal(path, other, columns):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        db.execute("ATTACH ? AS other", (f"file:{other}?mode=ro",))
        a, b = f"SELECT {columns} FROM main.candles", f"SELECT {columns} FROM other.candles"
        differing = [db.execute(f"SELECT count(*) FROM ({x} EXCEPT {y})").fetchone()[0] for x, y in ((a, b), (b, a))]
    if differing != [0, 0]:
        sys.exit(f"{path} and {other} differ in {differing} rows")


def install_peer(build):
    folder = build / "bench/peer"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "peer.mjs"):
        shutil.copy(HERE / name, folder / name)
    if not (folder / "node_modules/better-sqlite3/build/Release/better_sqlite3.node").exists():
        # Debian keeps node's headers where no download is needed.
        environment = dict(os.environ, npm_config_build_from_source="true", npm_config_nodedir="/usr")
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, env=environment, check=True, stdout=sys.stderr)


def alternate(build, rows, rounds, sides, scratch):
    seen = {side: [] for side in sides}
    with Server(build, rows) as server:
        for number in range(rounds):
            turn = number % len(sides)
            kept = {}
            for side in sides[turn:] + sides[:turn]:
                folder = Path(tempfile.mkdtemp(prefix=side, dir=scratch))
                seen[side].append(measured(commands(build, server.url, folder, rows)[side]()))
                check_rows(folder / "mnemo.db", rows)
                if number == 0:
                    kept[side] = folder
                else:
                    shutil.rmtree(folder)
            for side, folder in kept.items():
                if "bare" in kept and side != "bare":
                    check_equal(folder / "mnemo.db", kept["bare"] / "mnemo.db", COLUMNS + ("" if side == "peer" else ", quote_volume, trades"))
            for folder in kept.values():
                shutil.rmtree(folder)
    return seen


def report(seen, rows):
    median = statistics.median
    print(f"{'side':6}{'candles/s':>11}{'min':>11}{'max':>11}{'CPU s/M':>9}{'peak MiB':>10}")
    for side, runs in seen.items():
        rates = [rows / run["wall"] for run in runs]
        print(f"{side:6}{median(rates):11,.0f}{min(rates):11,.0f}{max(rates):11,.0f}{median(r['cpu'] for r in runs) * 1e6 / rows:9.2f}{median(r['mib'] for r in runs):10.0f}")

    def ratio(side, other, what, wanted):
        if side not in seen or other not in seen:
            return
        key, text = what
        ratios = [b["wall"] / a["wall"] if key == "wall" else a[key] / b[key] for a, b in zip(seen[side], seen[other])]
        print(f"{text + ', ' + side + ' : ' + other:28}{median(ratios):7.2f}  [{min(ratios):.2f}..{max(ratios):.2f}]  wanted {wanted}")

    rate, cpu, memory = ("wall", "rate"), ("cpu", "CPU"), ("mib", "memory")
    ratio("off", "peer", rate, ">= 4")
    ratio("off", "peer", cpu, "<= 0.25")
    ratio("off", "peer", memory, "<= 0.33")
    ratio("on", "peer", rate, ">= 3")
    ratio("on", "peer", cpu, "")
    ratio("off", "bare", cpu, "<= 1.4")
    ratio("on", "bare", cpu, "")


def limited(build, rows, scratch):
    """What a venue's limit leaves to do: 50,000 candles a second."""
    settings = ["exchanges.binance.rate.spot.limit=100", "exchanges.binance.rate.spot.per=1s"]  # a request weighs 2
    for archive in ("on", "off"):
        with Server(build, rows, 50) as server:
            folder = Path(tempfile.mkdtemp(prefix="limited", dir=scratch))
            run = measured(command_line(build, server.url, folder, rows, settings + ([] if archive == "on" else ["bronze.keep=off"])))
            check_rows(folder / "mnemo.db", rows)
            stats = server.stats()
            shutil.rmtree(folder)
        print(f"limited, archive {archive:4} {rows / run['wall']:9,.0f} candles/s, {rows / run['wall'] / 50000:.3f} of what is permitted (wanted >= 0.97), "
              f"{100 * run['cpu'] / run['wall']:.1f} % of a core (wanted < 8), {run['mib']:.0f} MiB, {stats['refused']} refused")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--build", type=Path, default=HERE.parents[2] / "build/release")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--sides", default="off,on,peer,bare")
    options.add_argument("--limited", type=int, default=1)
    args = options.parse_args()
    build, sides = args.build.resolve(), args.sides.split(",")
    if args.rows <= 0 or args.rows % 1000 or not set(sides) <= {"off", "on", "peer", "bare"}:
        options.error("--rows is a multiple of 1000, --sides are of off, on, peer, bare")
    if "peer" in sides and args.rounds > 0:
        install_peer(build)
    with tempfile.TemporaryDirectory(prefix="endtoend", dir=build) as scratch:
        if args.rounds > 0:
            report(alternate(build, args.rows, args.rounds, sides, scratch), args.rows)
        for _ in range(args.limited):
            limited(build, args.rows, scratch)


if __name__ == "__main__":
    main()
