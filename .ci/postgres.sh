# A PostgreSQL of our own in a temporary folder, stopped at exit. Sets postgres_url. PostgreSQL refuses root, so
# root runs it as the user `postgres` that Debian's package makes.
postgres_bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
postgres_dir=$(mktemp -d)
postgres_as=""
if [ "$(id -u)" = 0 ]; then chown postgres "$postgres_dir"; postgres_as="runuser -u postgres --"; fi
stop_postgres() {
  (cd / && $postgres_as "$postgres_bin/pg_ctl" -D "$postgres_dir/data" -m immediate stop >/dev/null 2>&1) || true
  rm -rf "$postgres_dir"
}
trap stop_postgres EXIT
(cd / && $postgres_as "$postgres_bin/initdb" -D "$postgres_dir/data" -U kheo --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null)
(cd / && $postgres_as "$postgres_bin/pg_ctl" -D "$postgres_dir/data" -w -l "$postgres_dir/log" \
  -o "-c listen_addresses='' -c unix_socket_directories=$postgres_dir -c fsync=off -c synchronous_commit=off" start >/dev/null)
postgres_url="postgresql://kheo@/postgres?host=$postgres_dir"
