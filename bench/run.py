"""Takes the figures: see README. Everything runs on loopback, on two cores, in a temporary directory that is removed."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from driver import figures, proxies, table
from driver.process import PROXY_CORE, UPSTREAM_CORE, descriptor_limit


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", type=Path, required=True, help="directory of penstock, fake_upstream and load")
    parser.add_argument("--gateway", type=Path, help="another penstock binary")
    parser.add_argument("--quick", action="store_true", help="three short repeats and 1,000 idle streams: under two minutes")
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--json", type=Path, required=True)
    return parser.parse_args()


def traffic(options, folder, upstream, gateway):
    """target -> figure -> one value a repeat, and where the CPU went; the targets take turns, so that a noisy moment hits them all."""
    running = [upstream]
    try:
        running.append(proxies.start_haproxy(folder, upstream.port))
        running.append(proxies.start_nginx(folder, upstream.port))
        running.append(proxies.start_gateway(gateway, folder, upstream.port))
        loads = figures.Traffic(options.binaries, options.quick)
        samples = {}
        for target in running:
            loads.warm_up(target)
        for repeat in range(options.repeats or (3 if options.quick else 5)):
            for target in running:
                name = "direct" if target is upstream else target.name
                for figure, value in loads.all(target).items():
                    samples.setdefault(name, {}).setdefault(figure, []).append(value)
            print(f"repeat {repeat + 1} done", file=sys.stderr, flush=True)
        return samples, loads.threads
    finally:
        for program in running[1:]:
            program.stop()


def main():
    options = arguments()
    options.binaries = options.binaries.resolve()
    gateway = (options.gateway or options.binaries / "penstock").resolve()
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="penstock-bench-"))
    upstream = None
    try:
        upstream = proxies.start_upstream(options.binaries, folder)
        samples, threads = traffic(options, folder, upstream, gateway)
        rows = table.traffic_rows(samples)
        streams = min(1_000 if options.quick else 5_000, descriptor_limit() // 2 - 500)
        rows += table.memory_rows(figures.memory_figures(options.binaries, gateway, folder, upstream.port, streams))
        starts = [figures.first_answer_seconds(gateway, folder, upstream.port) * 1000 for _ in range(4)][1:]  # the first makes the database
        rows.append(table.Row("start to first answer", "ms", median(starts), goal=100, relative=False))
        for kind, number in figures.allocations(options.binaries, gateway, folder, upstream.port).items():
            rows.append(table.Row(f"allocations per {kind} request", "calls", number))
    finally:
        if upstream:
            upstream.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(table.text(rows))
    seconds = time.monotonic() - started
    missed = [row.name for row in rows if row.met is False]
    print(f"\n{len(missed)} missed{': ' + ', '.join(missed) if missed else ''}; {seconds:.0f} s; idle streams: {streams}")
    options.json.write_text(json.dumps({
        "figures": [row.json() for row in rows], "missed": missed, "seconds": round(seconds), "idle_streams": streams,
        "cores": {"machine": os.cpu_count(), "upstream_and_load": UPSTREAM_CORE, "proxies": PROXY_CORE}, "us_per_chat_request_by_thread": threads, "samples": samples}, indent=1) + "\n")


if __name__ == "__main__":
    main()
