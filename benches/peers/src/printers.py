"""Prints HTML files by WeasyPrint or by headless Chromium, kept running between files as a server would.

    python printers.py weasyprint | chromium

Reads lines `page.html<TAB>sheet.pdf`, answers each by a line of CPU and wall seconds of the printing alone.
"""

import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request


class Weasyprint:
    def __init__(self):
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration

        self.html, self.fonts = HTML, FontConfiguration()

    def cpu(self):
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    def print(self, page):
        return self.html(filename=page).write_pdf(
            font_config=self.fonts, pdf_variant="pdf/ua-1"
        )


class Chromium:
    PORT = 18977
    FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " \
        "--disable-component-update --disable-sync --disable-dev-shm-usage"

    def __init__(self):
        self.data = tempfile.TemporaryDirectory()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.PORT}"], stdout=subprocess.PIPE, text=True
        )
        for line in self.driver.stdout:
            if "started successfully" in line:
                break
        options = {"args": [*self.FLAGS.split(), f"--user-data-dir={self.data.name}"]}
        answer = self.ask("", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        self.session = answer["sessionId"]

    def ask(self, path, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.PORT}/session{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["value"]

    def cpu(self):
        """What the driver and all below it have used, children that ended included."""
        stats = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            stats[int(pid)] = (int(fields[1]), sum(map(int, fields[11:15])))

        def below(pid):
            return stats[pid][1] + sum(below(child) for child in stats if stats[child][0] == pid)

        return below(self.driver.pid) / os.sysconf("SC_CLK_TCK")

    def print(self, page):
        self.ask(f"/{self.session}/url", {"url": f"file://{page}"})
        sheet = self.ask(
            f"/{self.session}/print",
            {
                "page": {"width": 21.0, "height": 29.7},
                "margin": {"top": 0.8, "bottom": 0.8, "left": 1.0, "right": 1.0},
                "background": True,
            },
        )
        return base64.b64decode(sheet)

    def stop(self):
        self.driver.terminate()
        self.driver.wait()


printer = {"weasyprint": Weasyprint, "chromium": Chromium}[sys.argv[1]]()
print("ready", flush=True)
for line in sys.stdin:
    page, sheet = line.rstrip("\n").split("\t")
    cpu, wall = printer.cpu(), time.perf_counter()
    pdf = printer.print(page)
    wall = time.perf_counter() - wall
    cpu = printer.cpu() - cpu
    with open(sheet, "wb") as file:
        file.write(pdf)
    print(cpu, wall, flush=True)
if isinstance(printer, Chromium):
    printer.stop()
