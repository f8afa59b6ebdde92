#!/usr/bin/env python3
"""Runs clang-tidy over the project's sources, several at a time, and remembers what was clean.

A source is looked at again only when something that its result depends on has changed: the tool, its settings,
the compile command, or the contents of the source or of a header that it includes. The headers are known to
ninja from the last build; a source that has not been built is looked at each time.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import time

TOOL = "clang-tidy-14"


def headers_by_object(build):
    """What each object file was compiled from, as ninja recorded it."""
    output = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    result, current = {}, None
    for line in output.splitlines():
        if line.startswith("    "):
            result[current].append(os.path.normpath(os.path.join(build, line.strip())))
        elif ": #deps " in line:
            current = line.split(": #deps ")[0]
            result[current] = []
    return result


class Digests:
    """Hashes of files' contents; each file is read once."""

    def __init__(self):
        self._known = {}

    def of(self, path):
        if path not in self._known:
            self._known[path] = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
        return self._known[path]


def key_of(entry, headers, root, common, digests):
    """The name under which a clean result of this source is remembered, or None if that is not possible."""
    found = headers.get(entry["command"].split(" -o ")[1].split()[0])
    if not found:
        return None
    lines = [common, entry["command"].replace(root, "")]
    for path in sorted({entry["file"], *found}):
        # System headers change only with their pinned packages: their names are enough.
        lines.append(path.replace(root, "") + (" " + digests.of(path) if path.startswith(root + "/") else ""))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="a build folder with compile_commands.json")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--times", action="store_true", help="print how long each source took")
    parser.add_argument("only", nargs="*", help="look only at sources whose path contains one of these")
    arguments = parser.parse_args()

    root = str(pathlib.Path(__file__).resolve().parent.parent)
    build = str(pathlib.Path(arguments.build).resolve())
    cache = pathlib.Path(build, "tidy")
    cache.mkdir(exist_ok=True)
    version = subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True).stdout
    common = version + pathlib.Path(root, ".clang-tidy").read_text()

    headers, digests = headers_by_object(build), Digests()
    ours = tuple(f"{root}/{folder}/" for folder in ("services", "gateway", "tests"))
    work, known = [], 0
    for entry in json.loads(pathlib.Path(build, "compile_commands.json").read_text()):
        source = entry["file"]
        if not source.startswith(ours) or (arguments.only and not any(part in source for part in arguments.only)):
            continue
        key = key_of(entry, headers, root, common, digests)
        if key and (cache / key).exists():
            (cache / key).touch()
            known += 1
        else:
            work.append((source, key))

    def run(item):
        source, key = item
        started = time.monotonic()
        done = subprocess.run([TOOL, "-p", build, "--quiet", source], capture_output=True, text=True, check=False)
        if done.returncode == 0 and key:
            (cache / key).touch()
        return source, done, time.monotonic() - started

    failed = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for source, done, seconds in pool.map(run, work):
            if arguments.times:
                print(f"{seconds:6.1f} s  {os.path.relpath(source, root)}", flush=True)
            if done.returncode != 0:
                failed.append(os.path.relpath(source, root))
                print(done.stdout + done.stderr, flush=True)
    print(f"clang-tidy: {len(work)} sources looked at, {known} unchanged since they were clean, {len(failed)} with findings")
    for source in failed:
        print(f"  {source}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
