"""A container's network, as far as the runtime has a part in it."""
import subprocess

from suite.checks import check, expect, expect_in
from suite.commands import wait_until

SERVER = "echo page > /tmp/index.html; exec httpd -f -p 80 -h /tmp"


@check
def loopback_and_an_address(engine):
    text = engine.output("--", "ip", "-4", "addr")
    assert "127.0.0.1" in text and engine.subnet in text, f"no lo or no address: {text}"


@check
def network_none_has_only_loopback(engine):
    text = engine.output("--network", "none", "--", "ls", "/sys/class/net")
    assert "eth0" not in text and "lo" in text, text
    expect_in("UP", engine.output("--network", "none", "--", "ip", "link", "show", "lo"), "lo")


@check
def published_port_answers(engine):
    engine.detached("-p", "127.0.0.1:8080:80", "--", "sh", "-c", SERVER)
    answer = "curl -s --max-time 2 http://127.0.0.1:8080/index.html"
    assert wait_until(lambda: subprocess.run(answer.split(), capture_output=True, text=True,
                                             check=False).stdout == "page\n"), "no answer"


@check
def hosts_and_resolv_conf_are_the_engines(engine):
    text = engine.output("--add-host", "harbour:10.1.2.3", "--", "grep", "harbour", "/etc/hosts")
    expect(text.split(), ["10.1.2.3", "harbour"], "line of /etc/hosts")
