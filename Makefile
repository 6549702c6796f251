# As root on Debian 12 or 13, with git, make and python3; the rest is installed.

.PHONY: run test quick crash bench scale shell clean prepare

run: prepare  ## build the package, install it in a private machine, send mail, show what happened
	.build/venv/bin/python tests/demonstrate

test: prepare  ## every test: seconds of quick ones, then real machines
	tests/run

quick: prepare  ## the tests that need no machine
	tests/run quick

crash: prepare  ## kills, losses of power and failing system calls for an hour; MINUTES=240 for more
	tests/run crash

bench: prepare  ## Postfix and Postroom side by side
	.build/venv/bin/python tests/bench/compare

scale: prepare  ## Both with 100,000 messages in the queue
	.build/venv/bin/python tests/bench/scale

shell:  ## a shell in the machine that `make run` left
	tests/machine/machine sh postroom

clean:  ## end that machine and forget what was built (the cached root stays: .build/roots)
	tests/machine/machine down postroom peer
	rm -rf .build/deb-* .build/rpm-* .build/tmp* .build/venv

prepare:
	tests/prepare
