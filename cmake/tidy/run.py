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
import re
import subprocess
import sys
import time

TOOL = "clang-tidy-14"
COMPILER = "clang++-14"
HERE = pathlib.Path(__file__).resolve().parent
ROOT = str(HERE.parent.parent)


def build_plugin(cache):
    """Compiles own_declarations.cc unless that has been done; returns the library."""
    source = HERE / "own_declarations.cc"
    library = cache / f"own_declarations-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}.so"
    if not library.exists():
        include = subprocess.run(["llvm-config-14", "--includedir"], capture_output=True, text=True, check=True).stdout
        fresh = library.with_suffix(f".{os.getpid()}")
        subprocess.run([COMPILER, "-O1", "-fPIC", "-shared", "-std=c++17", "-fno-rtti", "-isystem", include.strip(),
                        str(source), "-o", str(fresh)], check=True)
        fresh.rename(library)
    return library


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


def key_of(entry, headers, common, digests):
    """The name under which a clean result of this source is remembered, or None if that is not possible."""
    found = headers.get(entry["command"].split(" -o ")[1].split()[0])
    if not found:
        return None
    lines = [common, entry["command"].replace(ROOT, "")]
    for path in sorted({entry["file"], *found}):
        # System headers change only with their pinned packages, and the precompiled ones only with other files of
        # this list: their names are enough.
        changes = path.startswith(ROOT + "/") and not path.endswith(".pch")
        # A header that is gone: the object was compiled before it went.
        if changes and not os.path.exists(path):
            return None
        lines.append(path.replace(ROOT, "") + (" " + digests.of(path) if changes else ""))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def look_at(source, key, build, cache, plugin):
    """Runs the tool over one source: its path, what the tool said or None if all is well, and the seconds it took."""
    started = time.monotonic()
    done = subprocess.run([TOOL, f"--load={plugin}", "-p", build, "--quiet", source],
                          capture_output=True, text=True, check=False)
    if done.returncode == 0 and key:
        (cache / key).touch()
    said = None if done.returncode == 0 else done.stdout + re.sub(r"\d+ warnings.*generated.*\n", "", done.stderr)
    return os.path.relpath(source, ROOT), said, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="a build folder with compile_commands.json")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--times", action="store_true", help="print how long each source took")
    parser.add_argument("only", nargs="*", help="look only at sources whose path contains one of these")
    arguments = parser.parse_args()

    build = str(pathlib.Path(arguments.build).resolve())
    cache = pathlib.Path(build, "tidy")
    cache.mkdir(exist_ok=True)
    plugin = build_plugin(cache)
    version = subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True).stdout
    common = version + pathlib.Path(ROOT, ".clang-tidy").read_text() + plugin.name

    ours = tuple(f"{ROOT}/{folder}/" for folder in ("services", "gateway", "tests"))
    entries = [entry for entry in json.loads(pathlib.Path(build, "compile_commands.json").read_text())
               if entry["file"].startswith(ours)]

    headers, digests = headers_by_object(build), Digests()
    work, known = [], 0
    for entry in entries:
        if arguments.only and not any(part in entry["file"] for part in arguments.only):
            continue
        key = key_of(entry, headers, common, digests)
        if key and (cache / key).exists():
            known += 1
        else:
            work.append((entry["file"], key))

    failed = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for future in [pool.submit(look_at, source, key, build, cache, plugin) for source, key in work]:
            source, said, seconds = future.result()
            if arguments.times:
                print(f"{seconds:6.1f} s  {source}", flush=True)
            if said is not None:
                failed.append(source)
                print(said, flush=True)
    print(f"clang-tidy: {len(work)} sources looked at, {known} unchanged since they were clean, "
          f"{len(failed)} with findings")
    for source in failed:
        print(f"  {source}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
