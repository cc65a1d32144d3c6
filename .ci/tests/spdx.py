# as: tests/integration/a.py
# expect: spdx: the first or second line
#!/usr/bin/python3
import sys
