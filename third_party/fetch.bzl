# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Downloads of pinned files: several origins, tried in order, each against its own sha256.

No mirror is written here but one public fallback. README.md says which archives are tried. What
arrives is checked against a sha256, so changing the mirror fetches nothing again and cannot change
what is built.
"""

_PUBLIC_DEBIAN = "https://mirrors.kernel.org/debian/"

RELOCK = "./tools/pins/relock"

def _is_url(s):
    for scheme in ["http://", "https://", "file:///"]:
        if s.startswith(scheme) and len(s) > len(scheme):
            return not [c for c in " \t\r\n'\"".elems() if c in s]
    return False

def _directory(url):
    return url if url.endswith("/") else url + "/"

def _apt_archives(rctx):
    """The Debian archives that this machine's apt is configured with, by the rule in README.md."""
    apt = rctx.which("apt-get")
    if not apt:
        return []
    targets = rctx.execute([apt, "indextargets", "--format", "$(LABEL)|$(REPO_URI)", "Created-By: Packages"])
    uris = rctx.execute([apt, "--print-uris", "update"])
    entries = []  # (label, URL, suite)
    for line in targets.stdout.split("\n"):
        label, bar, url = line.strip().partition("|")
        if bar:
            entries.append((label, url, ""))
    for line in uris.stdout.split("\n"):
        url, dists, rest = line.partition("/dists/")
        suite, release, _ = rest.partition("/InRelease' ")
        if dists and release and url.startswith("'") and "/" not in suite:
            entries.append(("", url[1:], suite))
    known, unlabelled, seen = [], [], []
    for label, url, suite in entries:
        url = url.rstrip("/") + "/"
        if url == "/" or url.startswith("cdrom:") or url in seen:
            continue
        seen.append(url)
        if label == "Debian":
            known.append(url)
        elif (not label or "LABEL" in label) and "security" not in (_path(url) + suite).lower():
            unlabelled.append(url)
    return known or unlabelled

def _path(url):
    """A URL without its host."""
    _, _, rest = url.partition("://")
    return "/" + rest.partition("/")[2] if rest else url

def debian_archives(rctx):
    """Base URLs of Debian archives to try, as this machine prefers them; may be empty."""
    if "RAPTORS_DEBIAN_MIRROR" in rctx.os.environ:
        chosen = rctx.os.environ["RAPTORS_DEBIAN_MIRROR"]
        if not _is_url(chosen):
            fail(("RAPTORS_DEBIAN_MIRROR is '%s': expected an http://, https:// or file:/// URL of a Debian " +
                  "archive, that is of a directory which holds pool/ and dists/") % chosen)
        return [_directory(chosen)]

    # apt writes file:/srv/debian. What only apt can read, such as "mirror+file:", is left to the programs that ask it.
    archives = []
    for url in _apt_archives(rctx):
        if url.startswith("file:/") and not url.startswith("file://"):
            url = "file://" + url[len("file:"):]
        if _is_url(url):
            archives.append(url)
    return archives

def candidates(archives, origins):
    """The (url, sha256, strip_prefix) to try, in order.

    Args:
      archives: what debian_archives() returned.
      origins: dicts with `url` or `pool`, `sha256` and, maybe, `strip_prefix`.
    """
    near, far = [], []
    for o in origins:
        rest = (o["sha256"], o.get("strip_prefix", ""))
        if "pool" in o:
            near += [(a + o["pool"],) + rest for a in archives]
            far.append((_PUBLIC_DEBIAN + o["pool"],) + rest)
    public = [(o["url"], o["sha256"], o.get("strip_prefix", "")) for o in origins if "url" in o]
    return near + public + [c for c in far if c not in near]

def run(rctx, command):
    """Runs a command; fails with its output when it does."""
    result = rctx.execute(command)
    if result.return_code:
        fail("%s: exit status %d: %s%s" % (" ".join([str(c) for c in command]), result.return_code, result.stderr, result.stdout))
    return result.stdout

def _why(rctx, url, sha256, path):
    """Why a download failed. Bazel tells people but not rules, so another client asks again."""
    curl, apt = rctx.which("curl"), rctx.path("/usr/lib/apt/apt-helper")
    if curl:
        result = rctx.execute([curl, "-fsSL", "-m", "60", "-o", path, url])
    elif apt.exists:
        options = ["-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=0"]
        result = rctx.execute([apt] + options + ["download-file", url, path])
    else:
        return "the warnings above say why"
    if result.return_code:
        said = [line.strip() for line in (result.stderr + result.stdout).split("\n") if line.strip()]
        return "not served in full: %s" % (said[0] if said else "no answer")
    got = run(rctx, ["sha256sum", path]).split(" ")[0]
    return "failed once but is served now" if got == sha256 else "sha256 is %s, pinned is %s" % (got, sha256)

def _explain(rctx, what, tried):
    """Fails, naming every origin and why it did not serve."""
    run(rctx, ["mkdir", "-p", "_diagnosis"])
    lines = []
    for i, (url, sha256, _) in enumerate(tried):
        lines.append("  %s: %s" % (url, _why(rctx, url, sha256, "_diagnosis/%d" % i)))
    rctx.delete("_diagnosis")
    fail(("%s: no origin has the pinned file:\n%s\n" +
          "Where a Debian archive has moved on (404 or another sum), re-lock from apt's signed index with\n" +
          "  %s\n" +
          "or set RAPTORS_DEBIAN_MIRROR to a dated snapshot that still has the file.") % (what, "\n".join(lines), RELOCK))

def fetch_all(rctx, files):
    """Downloads several files at once; the next origin is tried for those that failed.

    Args:
      rctx: the repository context.
      files: name -> (output path, candidates).
    Returns:
      name -> the candidate that served.
    """
    served = {}
    left = dict(files)
    rounds = max([len(c) for _, c in files.values()])
    for turn in range(rounds):
        tokens = {}
        for name, (path, tries) in left.items():
            if turn < len(tries):
                url, sha256, _ = tries[turn]
                tokens[name] = rctx.download(url, path, sha256 = sha256, allow_fail = True, block = False)
        for name, token in tokens.items():
            if token.wait().success:
                served[name] = left.pop(name)[1][turn]
                continue
            tries = left[name][1]
            if turn + 1 < len(tries):
                # buildifier: disable=print
                print(("WARNING: %s: %s did not serve the pinned file; next is %s (a Debian archive that has " +
                       "moved on: %s re-locks)") % (name, tries[turn][0], tries[turn + 1][0], RELOCK))
    for name, (_, tries) in left.items():
        _explain(rctx, name, tries)
    return served

def unpack_debs(rctx, debs, output):
    """Downloads Debian packages and unpacks their data.

    Args:
      rctx: the repository context.
      debs: package id -> [pool path, sha256].
      output: the directory that becomes the packages' root.
    """
    archives = debian_archives(rctx)
    files = {}
    for i, (name, (pool, sha256)) in enumerate(debs.items()):
        files[name] = ("_debs/%d.deb" % i, candidates(archives, [{"pool": pool, "sha256": sha256}]))
    fetch_all(rctx, files)
    for path, _ in files.values():
        # An ar archive: debian-binary, control.tar.*, data.tar.*.
        parts = path[:-len(".deb")]
        rctx.extract(path, output = parts)
        data = [p.basename for p in rctx.path(parts).readdir() if p.basename.startswith("data.tar")]
        rctx.extract("%s/%s" % (parts, data[0]), output = output)
    rctx.delete("_debs")
