"""A wall clock that is set while a broker runs, and between two starts: a library shifts it (T1, W7)."""

import ctypes
import mmap
import os
import shutil
import subprocess
import tempfile
import time
import unittest

import support
from journals import JournalTest, put_over_http
from support import Client
from test_tokens import SECRET, jwt

DAY = 86400

SHIM = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile long long* shift;
__attribute__((constructor)) static void look(void) {
  int file = open(getenv("CLOCK_SHIFT"), O_RDONLY);
  void* seen = mmap(0, sizeof(long long), PROT_READ, MAP_SHARED, file, 0);
  if (seen != MAP_FAILED) shift = seen;
}
int clock_gettime(clockid_t which, struct timespec* at) {
  int failed = syscall(SYS_clock_gettime, which, at);
  if (shift && which == CLOCK_REALTIME) at->tv_sec += *shift;
  return failed;
}
int gettimeofday(struct timeval* at, void* zone) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec, at->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t* at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
"""


@unittest.skipIf(support.IS_SANITIZED, "a sanitizer must be loaded first")
@unittest.skipUnless(shutil.which("cc"), "there is no C compiler")
class Steps(JournalTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        place = tempfile.TemporaryDirectory(prefix="restante-outside-")
        self.addCleanup(place.cleanup)
        source, library = (os.path.join(place.name, name) for name in ("shim.c", "shim.so"))
        with open(source, "w", encoding="utf-8") as file:
            file.write(SHIM)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        shift = os.path.join(place.name, "shift")
        with open(shift, "wb") as file:
            file.write(bytes(8))
        with open(shift, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 8)
        self.shift = ctypes.c_longlong.from_buffer(self.memory)
        self.shim = {"LD_PRELOAD": library, "CLOCK_SHIFT": shift}
        self.key = os.path.join(place.name, "key")
        with open(self.key, "w", encoding="utf-8") as file:
            file.write(SECRET)

    def set_clock(self, ahead):
        """Sets the wall clock of the brokers this many seconds ahead from now on."""
        self.shift.value = ahead

    async def welcome(self, server, **claims):
        there = await Client.open(server, token=jwt(sub="ann", **claims))
        await (there.leave() if there.welcome["ok"] else there.closed())
        return there.welcome

    async def test_W7_tokens_are_judged_by_the_wall_clock_of_the_moment(self):
        now = time.time()
        for began in (-DAY, DAY):
            self.set_clock(began)
            server = await self.serve("--jwt-key-file", self.key, env=self.shim)
            self.set_clock(0)
            self.assertTrue((await self.welcome(server, nbf=int(now) - 10))["ok"])
            ended = await self.welcome(server, exp=int(now) - DAY // 2)
            self.assertEqual(ended["error"]["code"], "token_expired")
            early = await self.welcome(server, nbf=int(now) + DAY // 2, exp=int(now) + DAY)
            self.assertEqual(early["error"]["code"], "unauthenticated")
            self.assertEqual(await server.stop(), 0)

    async def test_W7_a_live_connection_ends_with_its_token_by_the_wall_clock(self):
        server = await self.serve("--jwt-key-file", self.key, "--ping-interval-ms", "200",
                                  env=self.shim)
        ann = await Client.open(server, token=jwt(sub="ann", lives=3600))
        self.set_clock(-DAY)  # set back: the connection does not end early
        await ann.must("ping")
        self.set_clock(DAY)
        self.assertEqual((await ann.closed())[0], 4500)

    async def test_T1_times_are_shown_as_the_wall_clock_has_them(self):
        self.set_clock(-DAY)
        server = await self.serve(env=self.shim)
        ann = await Client.open(server, "ann")
        first = await ann.must("notify.put", to="bob", pack=1)
        self.assertLess(abs(first["created_at_ms"] / 1000 - (time.time() - DAY)), 60)
        self.set_clock(0)
        await support.until(lambda: self.is_today(ann), what="times of today")
        self.assertTrue(server.log_lines("clock_stepped"))

    @staticmethod
    async def is_today(ann):
        put = await ann.must("notify.put", to="bob", pack=2)
        return abs(put["created_at_ms"] / 1000 - time.time()) < 60

    async def test_T1_D1_what_is_kept_lives_as_long_as_it_was_to_live(self):
        for before, after in ((DAY, 0), (-DAY, 0), (0, 30 * DAY), (0, -30 * DAY)):
            directory = os.path.join(self.home, f"{before}{after}")
            self.set_clock(before)
            server = await self.serve_kept(directory=directory, env=self.shim)
            for pack, how in (("lives", {"ttl_ms": DAY * 500}), ("dies", {"ttl_ms": 1500}),
                              ("waits", {"delay_ms": 1500})):
                status, said = await put_over_http(server, to="bob", pack=pack, **how)
                self.assertEqual(status, 201, said)
            await self.kill(server)
            self.set_clock(after)
            server = await self.serve_kept(directory=directory, env=self.shim)
            bob = await Client.open(server, "bob")
            await bob.hear("notify.deliver", pack="lives")
            await bob.hear("notify.deliver", pack="waits")  # not days later
            await bob.leave()
            await self.kill(server)


if __name__ == "__main__":
    support.main()
