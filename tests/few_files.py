"""`mailbot` on a machine that allows few open files, whoever asks for more. Usage: few_files.py MOST WORDS..."""

from __future__ import annotations

import resource
import sys

from mailbot.__main__ import main

if __name__ == "__main__":
    most = int(sys.argv.pop(1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    main()
