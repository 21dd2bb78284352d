#!/bin/sh
# Writes what is installed here.
exec dpkg-query --show > /var/lib/inventory 2>/dev/null || exec rpm -qa > /var/lib/inventory
