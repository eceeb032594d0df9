"""`python -m redactor`: the command, where its script is not on the path."""

from redactor.cli import main

if __name__ == "__main__":
    main()
