#!/usr/bin/python3
"""Runs the examples for a broker elsewhere against the real program, as their reader would."""

import json
import os
import subprocess
import urllib.request

import support

EXAMPLES = os.path.join(os.path.dirname(support.PROGRAM), "examples")


class Line:
    """A program whose output lines a test waits for."""

    def __init__(self, name, *arguments):
        self.process = subprocess.Popen([os.path.join(EXAMPLES, name), *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def read(self):
        return self.process.stdout.readline().rstrip("\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def post(server, path, what):
    request = urllib.request.Request(server.web(path), json.dumps(what).encode())
    with urllib.request.urlopen(request, timeout=support.DEADLINE) as answer:
        return json.load(answer)


def get(server, path):
    with urllib.request.urlopen(server.web(path), timeout=support.DEADLINE) as answer:
        return json.load(answer)


class Examples(support.OutsideTest):
    async def test_N7_the_worker_answers_a_suit_that_waited_for_it(self):
        server = await self.serve()
        put = post(server, "/v1/notifications", {"to": "worker", "pack": "quietly", "suit": True})
        with Line("example_suit_worker", server.url(), "1") as worker:
            self.assertEqual(worker.read(), "answered " + put["trace"])
            self.assertEqual(worker.process.wait(support.DEADLINE), 0)
        note = get(server, "/v1/notifications/" + put["trace"])["notification"]
        self.assertEqual(note["reply"], "QUIETLY")
        self.assertTrue(note["delivered"])

    async def test_E6_the_watcher_sees_who_types_and_who_is_gone(self):
        server = await self.serve()
        with Line("example_who_types", server.url(), "room") as eye:
            self.assertEqual(eye.read(), "nobody types")
            with subprocess.Popen(
                    [support.PROGRAM, "ephemeral", "set", "room", "typing:bob", "--as", "bob",
                     "--url", server.url()], stdout=subprocess.DEVNULL) as bob:
                self.assertEqual(eye.read(), "bob is typing…")
                bob.kill()
            self.assertEqual(eye.read(), "nobody types")

    async def test_W9_two_processes_over_the_node(self):
        said = subprocess.run([os.path.join(EXAMPLES, "example_two_processes")],
                              stdout=subprocess.PIPE, timeout=4 * support.DEADLINE, text=True,
                              check=True)
        lines = said.stdout.splitlines()
        self.assertEqual(lines[0], "bob types")
        self.assertIn("ann reads: a word from elsewhere", lines)
        self.assertIn("bob is gone", lines)


if __name__ == "__main__":
    support.main()
