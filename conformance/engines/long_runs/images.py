"""The service of the long runs: busybox's, or nginx if $SERVICE_ROOT names a tar of it:

    mmdebstrap --variant=minbase --include=nginx-light stable nginx.tar
"""
import collections
import os

from suite.image import IMAGE

SERVICE = "localhost/service:latest"
# The command, the page that it serves, and the words of a probe by exec.
Service = collections.namedtuple("Service", "image command page probe process")
BUSYBOX = Service(IMAGE, ["sh", "-c", "echo page > /data/index.html; exec httpd -f -p 80 -h /data"], "/data/index.html",
                  "wget -q -O /dev/null http://127.0.0.1/index.html", "httpd")
NGINX = Service(SERVICE, ["sh", "-c", "echo page > /var/www/html/index.html; exec /usr/sbin/nginx -g 'daemon off;'"],
                "/var/www/html/index.html", "test -s /run/nginx.pid && kill -0 $(cat /run/nginx.pid)", "nginx")


def service():
    return NGINX if os.environ.get("SERVICE_ROOT") else BUSYBOX
