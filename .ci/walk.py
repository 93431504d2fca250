"""The walk of `.ci/walk`: what is done, and what must then be so. The servers run already.

    python3 walk.py BASE TOOLS
"""

import email, email.policy, glob, http.client, http.server, imaplib, json, os, re, smtplib, socket, ssl, subprocess, sys, threading, time
from html import unescape
from urllib.parse import urlsplit

base, tools = sys.argv[1:3]
home = f"{base}/home"
here = os.path.dirname(os.path.abspath(__file__))
many = int(os.environ.get("WALK_READERS", "300"))
shots = os.environ.get("SHOTS")
site = "https://circular.example.org"
# The user who owns the database, and as whom Postfix runs the alias.
AS = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]


def tell(words):
    print(words, flush=True)


def must(what, *about):
    if not what:
        raise SystemExit("the walk ends: " + " ".join(str(one) for one in about))


def until(what, why, seconds=90):
    """Waits until something is so, and gives it."""
    end = time.monotonic() + seconds
    while True:
        got = what()
        if got:
            return got
        must(time.monotonic() < end, f"waited {seconds} s for {why}")
        time.sleep(0.2)


# The site: TLS ends here, as at a proxy.
def pump(one, other):
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
    finally:
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def proxy():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{base}/tls/cert.pem", f"{base}/tls/key.pem")
    listener = socket.create_server(("127.0.0.1", 8443))

    def serve(raw):
        try:
            outer = context.wrap_socket(raw, server_side=True)
            inner = socket.create_connection(("127.0.0.1", 8091))
        except OSError:
            return
        threading.Thread(target=pump, args=(inner, outer), daemon=True).start()
        pump(outer, inner)

    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw,), daemon=True).start()


def ask(method, address, body=None, kind="application/x-www-form-urlencoded"):
    """Asks the site; follows nothing."""
    parts = urlsplit(address)
    must(f"{parts.scheme}://{parts.netloc}" == site, "a link leads elsewhere:", address)
    context = ssl.create_default_context(cafile=f"{base}/tls/ca.pem")
    line = http.client.HTTPSConnection("circular.example.org", context=context, timeout=20)
    line._create_connection = lambda *_args, **_more: socket.create_connection(("127.0.0.1", 8443), 20)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    line.request(method, path, body, {"Content-Type": kind} if body is not None else {})
    answer = line.getresponse()
    text = answer.read().decode()
    line.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def browser(*arguments):
    done = subprocess.run(["node", f"{here}/walk.mjs", tools, *arguments], capture_output=True, text=True, timeout=120)
    must(done.returncode == 0, "the browser:", done.stdout, done.stderr)
    return done.stdout


# The program, as the user that owns the database.
def run(*arguments, stdin=None, fine=True):
    command = [*AS, f"{base}/circular", "--config", f"{home}/feeds.toml", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=600)
    must(not fine or done.returncode == 0, *arguments, done.stdout, done.stderr)
    return done.stdout + done.stderr


def rows(*arguments):
    return [json.loads(line) for line in run("--json", *arguments).splitlines() if line.startswith("{")]


def state(address):
    found = [one["state"] for one in rows("subscribers", "list") if one["address"] == address]
    return found[0] if found else None


# Mailboxes, by IMAP.
def mails(name):
    box = imaplib.IMAP4("127.0.0.1", 2143)
    box.login(f"{name}@example.org", "open-sesame")
    box.select("INBOX")
    numbers = box.search(None, "ALL")[1][0].split()
    found = [box.fetch(number, "(RFC822)")[1][0][1] for number in numbers]
    box.logout()
    return found


def mail(name, number):
    """A mailbox's mail of that number, from 1; waits until it has come."""
    raw = until(lambda: (found := mails(name)) and len(found) >= number and found, f"mail {number} of {name}")[number - 1]
    return raw, email.message_from_bytes(raw, policy=email.policy.default)


def part(message, kind):
    return message.get_body((kind,)).get_content()


def links(message):
    found = re.findall(r'https?://[^\s<>"]+', part(message, "plain")) + [
        unescape(one) for one in re.findall(r'href="(https?://[^"]+)"', part(message, "html"))
    ]
    return list(dict.fromkeys(found))


def way_out(message):
    web = re.search(r"<(https://[^>]+)>", message["List-Unsubscribe"]).group(1)
    post = re.search(r"<mailto:([^?>]+)\?subject=([^>]+)>", message["List-Unsubscribe"])
    return web, post.group(1), post.group(2).replace("%20", " ")


def send_raw(recipient, text):
    """Hands a mail to Postfix, as a reader's own server would."""
    with smtplib.SMTP("localhost", 2587, timeout=20) as line:
        line.starttls(context=ssl.create_default_context(cafile=f"{base}/tls/ca.pem"))
        line.login("relay@example.org", "open-sesame")
        line.sendmail("somebody@example.org", [recipient], text.replace("\n", "\r\n").replace("\r\r", "\r"))


# The sources: two feeds, to which each edition adds.
WORLD = {"en": [], "fr": []}


def publish(language, number, title, text):
    stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    WORLD[language].append(f"<item><title>{title}</title><link>https://news.example.org/{language}/{number}</link><guid>{language}-{number}</guid><pubDate>{stamp}</pubDate><description>{text}</description></item>")
    write_feeds()


def write_feeds():
    for language, items in WORLD.items():
        old = "<item><title>An archive begins</title><link>https://news.example.org/0</link><guid>0</guid><pubDate>Mon, 01 Jan 2018 00:00:00 +0000</pubDate><description>It began.</description></item>"
        with open(f"{base}/web/{language}.xml", "w") as file:
            file.write(f"<?xml version='1.0'?><rss version='2.0'><channel><title>News {language}</title><link>https://news.example.org/</link><description>d</description><language>{language}</language>{old}{''.join(items)}</channel></rss>")


def edition(digest="weekly"):
    run("fetch", "--force")
    said = run("send", digest, fine=False)
    # A digest that never had an edition is due at once, and the daemon may have been quicker.
    if digest == "rights" and "nothing waits" in said:
        return rows("editions", "list", digest)[0]["id"]
    must("made:" in said, said)
    return re.search(r"edition (\S+) made", said).group(1)


write_feeds()
class Feeds(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments):
        super().__init__(*arguments, directory=f"{base}/web")

    def log_message(self, *_):
        pass


feeds = http.server.ThreadingHTTPServer(("127.0.0.1", 8092), Feeds)
threading.Thread(target=feeds.serve_forever, daemon=True).start()
threading.Thread(target=proxy, daemon=True).start()
CONFIG = f"""
[publication]
title = "The Circular"
publisher = "The House of Libraries"
address = "1 Street, Town"
contact = "circular@example.org"
base_url = "{site}"
language = "en"
timezone = "UTC"
[serve]
proxies = ["127.0.0.1/32"]
[fetch]
allow_private = ["127.0.0.1/32"]
[mail]
from = "Circulaire des bibliothèques <circular@example.org>"
server = "smtp://relay%40example.org@localhost:2587"
password_file = "secrets/smtp"
ca_file = "secrets/ca.pem"
bounces = "bounces@lists.example.org"
dkim = [
    {{ domain = "example.org", selector = "rsa", key_file = "secrets/rsa.pem" }},
    {{ domain = "example.org", selector = "ed25519", key_file = "secrets/ed25519.pem" }},
]
[[digest]]
id = "weekly"
title = "Policy this week"
schedule = "0 7 1 1 *"
[[digest]]
id = "rights"
title = "Rights & duties"
schedule = "0 7 1 1 *"
areas = ["copyright"]
[[source]]
name = "News in English"
section = "News"
url = "http://127.0.0.1:8092/en.xml"
[[source]]
name = "Nouvelles en français"
section = "News"
url = "http://127.0.0.1:8092/fr.xml"
"""
subprocess.run([*AS, f"{base}/circular", "init", home], capture_output=True)
for name, text in (("feeds.toml", CONFIG), ("secrets/smtp", "open-sesame\n")):
    with open(f"{home}/{name}", "w") as file:
        file.write(text)
subprocess.run(["chown", "-R", "nobody", home])
keys = {f"{one['name']}.".encode(): one["value"].encode() for one in rows("dkim")}
must(len(keys) == 2, "two keys:", keys)
run("check")
daemon = subprocess.Popen([*AS, f"{base}/circular", "--config", f"{home}/feeds.toml", "serve", "--listen", "127.0.0.1:8091"], stdout=subprocess.DEVNULL, stderr=open(f"{base}/circular.log", "w"))


def ready():
    must(daemon.poll() is None, open(f"{base}/circular.log").read())
    try:
        return ask("GET", f"{site}/readyz")[0] == 200
    except OSError:
        return False


until(ready, "the daemon")
try:
    # 1. Signing up.
    page = browser("fill", f"{site}/subscribe?lang=fr", json.dumps({"address": "ana@example.org", "name": "Ana", "digest": ["weekly"], "area": ["copyright"], "language": "fr"}))
    must("ana@example.org" not in page, "the page names the address")
    _, asking = mail("ana", 1)
    must(asking["Content-Language"] == "fr" and "List-Unsubscribe" not in asking, asking.items())
    found = links(asking)
    confirm = [one for one in found if "/confirm/" in one]
    must(len(confirm) == 1, found)
    # A scanner opens every link, again and again, and in other ways too.
    for link in found:
        if link.startswith(site):
            for method in ("GET", "HEAD", "GET", "GET"):
                must(ask(method, link)[0] in (200, 404), method, link)
    must(state("ana@example.org") == "pending", "a scanner confirmed")
    browser("fill", confirm[0])
    must(state("ana@example.org") == "active", "the button did not confirm")
    must(ask("POST", confirm[0], "")[0] == 410, "the link works twice")
    tell("signed up in Chromium, confirmed by the button in a mail; a scanner changed nothing")

    for name in ("bo", "cy", "eve", "fay"):
        run("subscribers", "add", f"{name}@example.org", "--digest", "weekly")
    run("subscribers", "add", "bo@example.org", "--digest", "rights")
    run("subscribers", "add", "nobody@example.org", "--digest", "weekly")
    with open(f"{base}/many.csv", "w") as file:
        file.write("address,digests\n" + "".join(f"reader{one}@many.example,weekly\n" for one in range(many)))
    os.chmod(f"{base}/many.csv", 0o644)
    run("subscribers", "import", f"{base}/many.csv", "--consent", "the walk")

    # 2. The first edition.
    publish("en", 1, "Libraries ask for a copyright exception for text mining", "Copyright law should let libraries mine texts, says a submission to the copyright office.")
    publish("en", 2, "Repositories agree on open access to theses", "Open access to doctoral theses becomes the rule in universities of the region.")
    publish("fr", 3, "Le droit d’auteur et les œuvres orphelines", "Une réforme du droit d’auteur facilite la numérisation des œuvres orphelines par les bibliothèques.")
    begun = time.monotonic()
    first = edition()
    raw, letter = mail("ana", 2)
    until(lambda: not rows("deliveries", "list", "--state", "queued"), "the queue to be empty", 1800)
    tell(f"{first}: {many + 6} mails in {time.monotonic() - begun:.1f} s")
    _, hers = mail("fay", 1)
    must(letter["Content-Language"] == "fr" and hers["Content-Language"] == "en", "each in their language")
    must(letter["Subject"] != hers["Subject"], letter["Subject"])
    must(letter["List-Id"].endswith("<weekly.circular.example.org>"), letter["List-Id"])
    must(letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", letter.items())
    must(letter["Return-Path"].startswith("<bounces+b") and letter["Return-Path"].endswith("@lists.example.org>"), letter["Return-Path"])
    must([one.get_content_type() for one in letter.iter_parts()] == ["text/plain", "text/html"], "two parts")
    must("with ESMTPSA" in str(letter["Received"]) or any("with ESMTPSA" in one for one in letter.get_all("Received")), letter.get_all("Received"))
    for kind in ("plain", "html"):
        mine, yours = part(letter, kind), part(hers, kind)
        must("copyright exception" in mine and "theses" not in mine, "she chose copyright alone:", mine)
        must("copyright exception" in yours and "theses" in yours, yours)
        must("Se désabonner" in mine and "Unsubscribe" in yours, "words of each language")
    for link in links(letter):
        if link.startswith(site):
            must(ask("GET", link)[0] == 200, link)
            must(ask("HEAD", link)[0] == 200, "HEAD", link)
    must(state("ana@example.org") == "active", "a scanner unsubscribed")
    try:
        import dkim

        signed = 0
        for one in [raw, *mails("fay"), *mails("bo")]:
            for index in (0, 1):
                must(dkim.DKIM(one).verify(idx=index, dnsfunc=lambda name, timeout=5: keys.get(name)), "a signature")
                signed += 1
        covered = re.sub(rb"\s", b"", re.search(rb"DKIM-Signature:(.*?\bb=)", raw, re.S).group(1)).lower()
        must(b"list-unsubscribe:" in covered + b":" and b"list-unsubscribe-post" in covered, "RFC 8058, 4:", covered)
        tell(f"dkimpy verifies {signed} signatures, which cover List-Unsubscribe and its Post")
    except ImportError:
        tell("not checked by dkimpy: it is not here (pip install dkimpy pynacl)")
    if shots:
        for name, message in (("ana", letter), ("fay", hers)):
            file = f"{base}/web/{name}.html"
            with open(file, "w") as html:
                html.write(part(message, "html"))
            browser("shot", file, f"{shots}/{name}.png")

    # 3. Choosing anew, in the browser, by the link in the mail.
    choices = next(one for one in links(letter) if "/preferences/" in one)
    said = browser("fill", choices, json.dumps({"area": ["open-access"], "language": "de"}))
    must("Enregistré" in said or "Gespeichert" in said, said)

    # 4. Out by one click: of the list that the letter was of, and at once.
    _, his = mail("bo", 1)
    way, _, _ = way_out(his)
    must(way.endswith("/weekly"), way)
    status, headers, said = ask("POST", way, "List-Unsubscribe=One-Click")
    must(status == 200 and "set-cookie" not in headers and "location" not in headers, status, headers)
    must([one["digests"] for one in rows("subscribers", "list") if one["address"] == "bo@example.org"] == [["rights"]], "bo keeps the other list")

    # 5. A dead address: Dovecot knows nobody of that name, and Postfix reports it.
    until(lambda: glob.glob(f"{home}/Maildir/new/*"), "the report of the dead address")
    said = run("bounce", "--maildir", f"{home}/Maildir")
    must(said.count("is bounced from now on") == 1, said)
    must([one["address"] for one in rows("subscribers", "list") if one["state"] == "bounced"] == ["nobody@example.org"], "that one alone")

    # 6. Out by mail: Postfix pipes it into the program by an alias, as docs/delivery.md has it.
    with open(f"{home}/aliases", "w") as file:
        file.write(f'bounces: "|{base}/circular --config {home}/feeds.toml bounce"\n')
    subprocess.run([*AS, "postalias", "-c", f"{base}/postfix", f"hash:{home}/aliases"], check=True)
    subprocess.run(["postfix", "-c", f"{base}/postfix", "reload"], check=True, capture_output=True)
    _, hers = mail("cy", 1)
    _, to, subject = way_out(hers)
    send_raw(to, f"From: cy@example.org\nTo: {to}\nSubject: {subject}\n\n")
    until(lambda: state("cy@example.org") is None, "cy to be gone")
    # A complaint, with the message in it.
    raw = mails("eve")[0].decode()
    to = re.search(r"Return-Path: <([^>]+)>", raw).group(1)
    send_raw(to, f"From: fbl@example.net\nTo: {to}\nSubject: complaint\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\nContent-Type: text/plain\n\nAn abuse report.\n--x\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: F/1\nVersion: 1\n\n--x\nContent-Type: message/rfc822\n\n{raw}\n--x--\n")
    until(lambda: state("eve@example.org") == "complained", "eve's complaint")
    tell("left by one click, by mail, by a dead address, by a complaint: each that one alone")

    # 7. Who is left gets the next edition, as they chose.
    had = {name: len(mails(name)) for name in ("ana", "bo", "cy", "eve", "fay")}
    publish("en", 4, "Funders renew their open access policy for journals", "The open access policy asks for free access to journal articles from the first day.")
    publish("en", 5, "Parliament debates copyright in lending of electronic books", "A bill on copyright would let libraries lend electronic books.")
    second = edition()
    third = edition("rights")
    _, letter = mail("ana", had["ana"] + 1)
    mail("fay", had["fay"] + 1)
    mail("bo", had["bo"] + 1)
    until(lambda: not rows("deliveries", "list", "--state", "queued"), "the queue to be empty", 1800)
    until(lambda: subprocess.run(["postqueue", "-c", f"{base}/postfix", "-p"], capture_output=True, text=True).stdout.strip() == "Mail queue is empty", "Postfix's queue to be empty", 600)
    now = {name: len(mails(name)) - had[name] for name in had}
    must(now == {"ana": 1, "bo": 1, "cy": 0, "eve": 0, "fay": 1}, second, third, now)
    must(letter["Content-Language"] == "de", letter.items())
    text = part(letter, "plain")
    must("open access policy" in text and "electronic books" not in text and "Abbestellen" in text, text)
    _, rights = mail("bo", had["bo"] + 1)
    must(rights["List-Id"].endswith("<rights.circular.example.org>") and "electronic books" in part(rights, "plain"), rights.items())
    sent = len([one for one in rows("deliveries", "list", "--edition", second, "--state", "accepted", "--limit", "1000000")])
    must(sent == many + 2, f"{sent} mails of {second}, where {many + 2} should have gone")

    # 8. The way out that stands in the mail, in the browser; it was the only list, so all is forgotten.
    _, hers = mail("fay", had["fay"] + 1)
    link = next(one for one in links(hers) if "/unsubscribe/" in one)
    said = browser("fill", link)
    must("You will get no further issue" in said and state("fay@example.org") is None, said)
    tell("the next edition reached exactly who should, as they chose")
finally:
    daemon.terminate()
    daemon.wait(30)

# What the servers say of how we speak.
log = open(f"{base}/postfix.log").read()
slips = [line for line in log.splitlines() if re.search(r"improper command pipelining|lost connection|timeout|[Ss]yntax|too many errors|protocol error|SSL_accept error", line) and "smtpd" in line]
must(not slips, "Postfix complains:", *slips[:5])
takes = len(re.findall(r"smtpd\[\d+\]: [0-9A-F]+: client=", log))
connections = len(re.findall(r"smtpd\[\d+\]: disconnect from", log))
warnings = sorted({re.sub(r"^.*?(warning|error|fatal|panic)", r"\1", line) for line in log.splitlines() if re.search(r": (warning|error|fatal|panic)", line)})
tell(f"Postfix took {takes} mails on {connections} connections, without a slip" + "".join(f"\nPostfix: {one}" for one in warnings))
said = open(f"{base}/circular.log").read()
must("@example.org" not in said and "@many.example" not in said, "an address stands in the log")
