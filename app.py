"""The page: `python app.py`. All options: `python app.py --help`."""

from sentiment.commands.serve import serve

if __name__ == "__main__":
    serve(prog_name="python app.py")
