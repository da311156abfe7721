"""A network of the test's own, with a link that can be cut.

Importing this moves the process into a network namespace of its own: no firewall of the machine and
no other test is in it. `HERE` is the near end of a link; what runs `inside` it sits at the far end.
"""

import ctypes
import os
import socket
import subprocess
import sys

HERE, THERE = "10.213.77.1", "10.213.77.2"
CLONE_NEWNET = 0x40000000
NEAR, FAR = "near", "far"


def _enter():
    """The reason why this process cannot have a network of its own, if there is one."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        return "no network namespaces here: " + os.strerror(ctypes.get_errno())
    try:
        _run("ip", "link", "set", "lo", "up")
        link = Link()
    except FileNotFoundError as missing:
        return f"{missing.filename} is missing (Debian packages iproute2, util-linux)"
    except subprocess.CalledProcessError as failed:
        return "no links between namespaces here: " + failed.stderr.strip()
    try:
        return link.why_it_does_not_carry()
    finally:
        link.remove()


def _run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True)


class Link:
    """A network behind a link: `inside` is the prefix of a command that runs there."""

    def __init__(self):
        # The namespace lives as long as this process, which ends when its standard input ends.
        self._holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        try:
            self._holder.stdin.write(b"\n")
            self._holder.stdin.flush()
            self._holder.stdout.readline()  # the process runs, so it is in its namespace
            pid = str(self._holder.pid)
            self.inside = ("nsenter", f"--net=/proc/{pid}/ns/net")
            _run("ip", "link", "add", NEAR, "type", "veth", "peer", "name", FAR, "netns", pid)
            _run("ip", "addr", "add", HERE + "/30", "dev", NEAR)
            _run("ip", "link", "set", NEAR, "up")
            _run(*self.inside, "ip", "addr", "add", THERE + "/30", "dev", FAR)
            self.mend()
        except BaseException:
            self.remove()
            raise

    def cut(self):
        _run(*self.inside, "ip", "link", "set", FAR, "down")

    def mend(self):
        _run(*self.inside, "ip", "link", "set", FAR, "up")

    def remove(self):
        self._holder.communicate()
        subprocess.run(["ip", "link", "del", NEAR], capture_output=True, check=False)

    def why_it_does_not_carry(self):
        """The reason why no connection from the far end reaches the near end, if there is one."""
        with socket.create_server((HERE, 0)) as listener:
            connect = ("import socket, sys; "
                       "socket.create_connection((sys.argv[1], int(sys.argv[2])), 10)")
            try:
                _run(*self.inside, sys.executable, "-c", connect, HERE,
                     str(listener.getsockname()[1]))
            except subprocess.CalledProcessError as failed:
                return "links between namespaces carry nothing here: " + failed.stderr[-200:]
        return ""


WHY_NOT = _enter()
