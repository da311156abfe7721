"""The documents about the command line: their examples are run, and the man page is complete."""

import asyncio
import os
import re
import tempfile

import cli
import support
from cli import CommandTest

ROOT = os.path.dirname(os.path.dirname(support.HERE))
BETWEEN = "@@@ the next command @@@"


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def consoles(markdown):
    """The `console` blocks, each a list of commands with their output lines."""
    for block in re.findall(r"^```console\n(.*?)^```", markdown, re.M | re.S):
        steps = []
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            elif line.startswith("> ") and not steps[-1][1]:
                steps[-1] = (steps[-1][0] + "\n" + line[2:], [])
            else:
                steps[-1][1].append(line)
        yield steps


def pattern_of(lines):
    """`…` matches anything, and so does a trace."""
    text = re.escape("".join(line + "\n" for line in lines)).replace(re.escape("…"), ".*?")
    return "^" + re.sub(cli.TRACE, lambda found: found.group() if set(found.group()) <= set("01")
                        else cli.TRACE, text) + "$"


class Documents(CommandTest):

    async def play(self, server, steps, directory):
        os.symlink(support.PROGRAM, os.path.join(directory, "restante"))
        script = "\n".join(f"{command}\n__status=$?; echo '{BETWEEN}'; (exit $__status)"
                           for command, _ in steps)
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", script, cwd=directory, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env=cli.environment(RESTANTE_URL=cli.url_of(server),
                                PATH=directory + ":" + os.environ["PATH"]))
        said, _ = await asyncio.wait_for(process.communicate(), 4 * support.DEADLINE)
        parts = said.decode().split(BETWEEN + "\n")
        self.assertEqual(len(parts), len(steps) + 1, said)
        for (command, expected), part in zip(steps, parts):
            if not command.startswith("kill "):  # then a shell has its own words
                self.assertRegex(part, re.compile(pattern_of(expected), re.S), command)

    async def test_the_examples_of_the_documentation_do_what_they_say(self):
        played = 0
        for steps in consoles(text_of("docs", "command-line.md")):
            server = await self.serve()
            with tempfile.TemporaryDirectory(prefix="restante-outside-") as directory:
                await self.play(server, steps, directory)
            played += len(steps)
        self.assertGreater(played, 20)

    async def commands(self):
        """Every command, including `topic watch`, with its help text."""
        found = {}
        waiting = [()]
        while waiting:
            path = waiting.pop()
            said = (await cli.run(*path, "--help")).stdout
            inner = re.search(r"^Subcommands:\n((?:  .*\n)+)", said, re.M)
            if inner:
                waiting += [(*path, name) for name in re.findall(r"^  (\S+)", inner.group(1), re.M)]
            else:
                found[" ".join(path)] = said
        return found

    async def test_every_command_and_flag_is_in_the_man_page_and_has_examples(self):
        page = text_of("packaging", "restante.1")
        table = text_of("docs", "command-line.md")
        commands = await self.commands()
        self.assertEqual(len(commands), 28, commands.keys())
        for name, said in commands.items():
            self.assertRegex(page, rf"(?m)^\.It Cm {re.escape(name)}\b", name)
            self.assertRegex(table, rf"`{re.escape(name)}\b", name)
            self.assertIn("Example", said, name)
            if name in ("serve", "check-config"):
                continue  # its settings are in docs/operations.md, which another test compares
            for flag in re.findall(r"--([a-z-]+)", said.split("\nExample")[0]):
                if flag != "help":
                    self.assertIn(f"Fl -{flag}", page, f"{name} --{flag}")

    async def test_the_page_names_no_command_that_is_not_there(self):
        commands = await self.commands()
        page = os.path.join("broker", "gateway", "page")
        named = set()
        for name in sorted(os.listdir(os.path.join(ROOT, page))):
            if name.endswith((".html", ".js")):
                named |= set(re.findall(r"[`>]restante ((?:[a-z-]+ ?)+)", text_of(page, name)))
        self.assertGreaterEqual(len(named), 3, named)
        for words in named:
            self.assertTrue(any((words.strip() + " ").startswith(each + " ") for each in commands),
                            words)

    async def test_every_exit_status_is_where_one_looks_for_it(self):
        said = (await cli.run("--help")).stdout
        listed = re.search(r"Exit status:\n((?:  \d .*\n)+)", said).group(1)
        numbers = re.findall(r"^  (\d) ", listed, re.M)
        self.assertEqual(numbers, list("012345"))
        page = text_of("packaging", "restante.1").split(".Sh EXIT STATUS")[1].split(".Sh ")[0]
        self.assertEqual(re.findall(r"^\.It (\d)$", page, re.M), numbers)
        table = text_of("docs", "command-line.md").split("| exit status |")[1]
        self.assertEqual(re.findall(r"^\| (\d) \|", table, re.M), numbers)

    async def test_the_man_page_can_be_read(self):
        shown = await support.run("man", "--warnings", "-l",
                                  os.path.join(ROOT, "packaging", "restante.1"), expect=None,
                                  env={"MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        if shown.status == 127 or "EXIT STATUS" not in shown.stdout:
            self.skipTest("there is no man here")
        self.assertEqual(shown.stderr, "")


if __name__ == "__main__":
    support.main()
