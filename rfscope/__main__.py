"""``python -m rfscope``."""

from rfscope.cli import main

if __name__ == "__main__":
    main()
