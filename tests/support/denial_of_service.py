#!/usr/bin/env python3
"""Judge texts that are made to hang or to swamp whoever reads them, within the kernel's limits.

usage: tests/support/denial_of_service.py

Prints the name of each text before it is judged, then how long that took and how much memory the
process has had by then. The kernel ends the process at a text that takes longer than LONGEST or
more memory than MOST. Needs PyYAML.
"""

import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lib"))

from alertmanager_config import check
from alertmanager_config.edit import merge, redact
from alertmanager_config.go import (
    durations,
    file_patterns,
    regular_expressions,
    text_template,
    urls,
)
from alertmanager_config.routing import matchers
from alertmanager_config.schema import problem_report, time_intervals
from alertmanager_config.yaml import reader, writer

LONGEST = 30  # seconds of CPU for one text
MOST = 512 * 1024 * 1024  # bytes of address space for the whole process

# Of two texts, of the merge, and of what that means; and how many more there would be.
MOST_PROBLEMS = 2 * reader.MAX_PROBLEMS + merge.MAX_PROBLEMS + problem_report.MAX_PROBLEMS + 1

MEGABYTE = reader.MAX_BYTES


def explosion(levels=10):
    """Give a text of a few hundred bytes that stands for ten to the power of levels values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]")
    return "\n".join(lines)


def explosion_where_it_is_looked_at():
    """Give the same below a key of which every text is a template."""
    fields = "".join(f"      {line}\n" for line in explosion().splitlines())
    return f"receivers:\n- name: a\n  jira_configs:\n  - fields:\n{fields}"


def wide(item, count):
    """Give a list of so many equal items."""
    return "[" + ", ".join([item] * count) + "]"


def receivers(count):
    """Give receivers with templates in them."""
    return "receivers:\n" + "".join(
        f"- name: r{number}\n  slack_configs: [{{title: '{{{{ .A }}}}'}}]\n"
        for number in range(count)
    )


def right():
    """Give nearly a megabyte in which nothing is wrong."""
    lines = ["route: {receiver: r0, routes: ["]
    lines += [f"  {{receiver: r{n}, matchers: ['team=\"{n}\"']}}," for n in range(3500)]
    lines += ["]}", "global: {slack_api_url: 'http://x'}", "receivers:"]
    for number in range(3500):
        lines.append(f"- name: r{number}\n  slack_configs:")
        lines.append(f"  - channel: '#{number}'\n    send_resolved: true")
        lines.append("    title: '{{ .Status }}'\n    text: |\n      " + "words " * 20)
    return "\n".join(lines)


CONFIGURATIONS = {
    "a right one of nearly a megabyte": right(),
    "10 billion values by aliases": explosion(),
    "10 billion templates by aliases": explosion_where_it_is_looked_at(),
    "a long text aliased thrice": "a: &a " + "x" * (MEGABYTE // 2) + "\nb: [*a, *a]",
    "20,000 anchors of one name": "&a a: 1\n" * 20_000,
    "merges of merges": "a0: &a0 {b: c}\n"
    + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60)),
    "5,000 opening brackets": "[" * 5000,
    "5,000 dashes": "- " * 5000,
    "5,000 question marks": "? " * 5000,
    "5,000 opening braces": "{a: " * 5000,
    "half a million items": "[" + "a," * 500_000,
    "a megabyte in quotes that never end": '"' + "\\x41" * (MEGABYTE // 4 - 1),
    "a megabyte of one key": "a" * (MEGABYTE - 3) + ": b",
    "a megabyte of comment": "#" * MEGABYTE,
    "a megabyte of line breaks": "\n" * MEGABYTE,
    "a megabyte of tabs": "a:\n" + "\t" * (MEGABYTE - 9),
    "half a megabyte of tags": "a: " + "!" * (MEGABYTE // 2) + " b",
    "too long": "a: " + "x" * MEGABYTE,
    "10 megabytes": b"a" * (10 * MEGABYTE),
    "zeros": b"\0" * MEGABYTE,
    "no UTF-8": b"a: " + b"\xff" * (MEGABYTE - 9),
    "8,000 routes": "route: {receiver: a, routes: " + wide("{receiver: a}", 8_000) + "}",
    "8,000 wrong routes": "route: {receiver: a, routes: "
    + wide("{receiver: b, x: y}", 8_000)
    + "}",
    "8,000 receivers of one name": "receivers: " + wide("{name: a}", 8_000),
    "4,000 receivers": receivers(4_000),
    "routes in routes": "route: " + "{routes: [" * 49 + "]}" * 49,
    "15,000 inhibitions": "inhibit_rules: " + wide("{}", 15_000),
    "30,000 groups": "route: {receiver: a, match_re: {a: '" + "(a|b)*" * 30_000 + "'}}",
    "30,000 matchers": "route: {receiver: a, matchers: ['" + "a=b," * 30_000 + "']}",
    "30,000 certificates that only begin": 'global: {http_config: {tls_config: {ca: "'
    + "-----BEGIN A-----\\n" * 30_000
    + '"}}}',
    "200,000 placeholders that only begin": "global: {slack_app_token: '" + "{{" * 200_000 + "'}",
    "30,000 classes of a glob": "templates: ['" + "[a]*" * 30_000 + "']",
}

NOTATIONS = {
    "regular expression": regular_expressions.find_faults,
    "classic matchers": matchers.parse_classic,
    "UTF-8 matchers": matchers.parse_utf8,
    "template": text_template.parse,
    "duration": durations.find_prometheus_faults,
    "Go's duration": durations.find_go_faults,
    "URL": urls.find_url_faults,
    "host and port": urls.find_host_port_faults,
    "days": time_intervals.DAY_RANGE.find_fault,
    "glob": file_patterns.parse_pattern,
}
# fmt: off
PIECES = [
    *("a", " ", "1", "(", ")", "[", "{{", "{{ .A }}", "a=", '"', "\\", "a*", "{", "|", "-", "."),
    *("%", "(?:", "{{ if 1 }}", "{{(", "a=b,", "x{2}", "[a-z]", "1h", "://", "\n"),
    "{{ define `a` }}",
]
# fmt: on
LONG = 50_000


def judge_configuration(text):
    """Do all that the charm does; what comes out has to be a list of problems, not too long."""
    document = reader.parse_yaml(text, "opt")
    if document.root is not None:
        redact.find_secrets(document)
        document = merge.merge(document, document)
        writer.write_yaml(document.root)
    problems = check.check_document(document, files={"x": b""})
    assert len(problems) <= MOST_PROBLEMS
    assert all(len(str(problem)) < 1000 for problem in problems)


def tasks():
    """Give what to do: pairs of a name and a function."""
    for name, text in CONFIGURATIONS.items():
        yield name, lambda text=text: judge_configuration(text)
    for name, judge in NOTATIONS.items():
        for piece in PIECES:
            text = "a" + piece * (LONG // len(piece)) + "b"
            yield f"{name}: {piece!r} repeated", lambda judge=judge, text=text: judge(text)


def limit(what, amount):
    """Have the kernel end this process beyond some amount, unless it does so even before."""
    _, most = resource.getrlimit(what)
    resource.setrlimit(what, (amount if most < 0 else min(amount, most), most))


def main():
    """Judge them all, and say how much that took at most."""
    limit(resource.RLIMIT_AS, MOST)
    slowest = ("", 0.0)
    for name, task in tasks():
        print(f"{name:50}", end="", flush=True)
        began = time.process_time()
        limit(resource.RLIMIT_CPU, int(began) + LONGEST)
        task()
        took = time.process_time() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{took:7.2f} s {memory:5} MiB")
        slowest = max(slowest, (name, took), key=lambda one: one[1])
    print(f"slowest: {slowest[0]}")


if __name__ == "__main__":
    main()
