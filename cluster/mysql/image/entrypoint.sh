#!/bin/bash
# Starts mysqld, and makes its data first where there are none. Of the official image's settings it knows
# MYSQL_ROOT_PASSWORD, MYSQL_ROOT_HOST, MYSQL_DATABASE, MYSQL_USER and MYSQL_PASSWORD, each also as
# NAME_FILE with the name of a file that holds it, and /docker-entrypoint-initdb.d/*.sql (a statement a line).
set -euo pipefail

# setting NAME DEFAULT: from $NAME, or from the file that $NAME_FILE names.
setting() {
  local file=${1}_FILE
  if [ -n "${!file-}" ]; then cat "${!file}"; else printf %s "${!1-$2}"; fi
}

# quoted TEXT: as a string in SQL.
quoted() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\'\'}"
}

first_statements() {
  local password host database user
  password=$(setting MYSQL_ROOT_PASSWORD "")
  host=$(setting MYSQL_ROOT_HOST %)
  database=$(setting MYSQL_DATABASE "")
  user=$(setting MYSQL_USER "")
  echo "ALTER USER root@localhost IDENTIFIED BY $(quoted "$password");"
  if [ -n "$host" ] && [ "$host" != localhost ]; then
    echo "CREATE USER root@$(quoted "$host") IDENTIFIED BY $(quoted "$password");"
    echo "GRANT ALL ON *.* TO root@$(quoted "$host") WITH GRANT OPTION;"
  fi
  if [ -n "$database" ]; then echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"; fi
  if [ -n "$user" ]; then
    echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$(setting MYSQL_PASSWORD "")");"
    if [ -n "$database" ]; then echo "GRANT ALL ON \`$database\`.* TO $(quoted "$user")@'%';"; fi
  fi
  cat /docker-entrypoint-initdb.d/*.sql 2>/dev/null || true
}

if [ "${1-mysqld}" = mysqld ]; then shift || true; fi
case ${1---} in -*) ;; *) exec "$@" ;; esac # another command

data=/var/lib/mysql
# Without the folder that Debian's build names for secure-file-priv mysqld would not start; the NUMA policy
# may not be set inside a container.
server=(mysqld --no-defaults --user=mysql --datadir=$data --secure-file-priv=NULL --bind-address=0.0.0.0
  --loose-innodb-numa-interleave=OFF)
if [ ! -d $data/mysql ]; then
  if [ -z "$(setting MYSQL_ROOT_PASSWORD "")" ]; then
    echo "MYSQL_ROOT_PASSWORD or MYSQL_ROOT_PASSWORD_FILE must be set" >&2
    exit 1
  fi
  chown mysql:mysql $data
  "${server[@]}" "$@" --initialize-insecure
  first=/var/run/mysqld/first.sql
  (umask 077 && first_statements >$first)
  chown mysql:mysql $first
  server+=(--init-file=$first) # is done before the first connection: no server in between is needed
fi
# In place of this shell, so that a signal to the container is one to the server.
exec "${server[@]}" "$@"
