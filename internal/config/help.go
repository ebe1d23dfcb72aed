package config

import (
	"fmt"
	"strings"
)

// Setting is one line of the help: a name, what it means and what holds when it is not set.
type Setting struct{ Name, Meaning, Default string }

// List gives every setting in the order in which a reader needs them.
func List() []Setting {
	return []Setting{
		{"DATABASE_URL", "PostgreSQL 14 or newer as lib/pq takes it; several hosts with target_session_attrs=read-write work", "none: an embedded PostgreSQL under MATBANG_DATA"},
		{"MATBANG_DATA", "folder for the embedded database, attachments, keys and anchors.txt", "./var"},
		{"MATBANG_ADDR", "listen address, host:port", "127.0.0.1:8080"},
		{"MATBANG_DEMO_PASSWORD", "password of the sample accounts, 8 characters or more", "a random one, printed once"},
		{"MATBANG_TODAY", "fixes the business day, YYYY-MM-DD; times in the log stay real", "the real day; 2023-12-31 with the sample city"},
		{"MATBANG_BASE_URL", "address that people use, in links and in the check of where a form comes from", "http:// and the listen address"},
		{"MATBANG_SECRET", "key material for sealed values, 32 characters or more; the same on every instance", "a random one, kept under MATBANG_DATA"},
		{"MATBANG_LOG", "least important lines that are written: debug, info, warn, error", "info"},
		{"MATBANG_LOG_FORMAT", "text or json", "text"},
		{"MATBANG_METRICS_TOKEN", "bearer token that opens /metrics to other machines", "none: only this machine may read it"},
		{"MATBANG_TRUSTED_PROXIES", "addresses or networks of proxies whose X-Forwarded-For is believed", "none"},
		{"DATABASE_URL_FILE, MATBANG_SECRET_FILE, MATBANG_DEMO_PASSWORD_FILE, MATBANG_METRICS_TOKEN_FILE", "a file that holds the value instead, as containers hand over secrets", "none"},
		{"PG_BIN", "folder with initdb and postgres for the embedded database", "pg_config, then the usual folders, highest version from 14"},
		{"MATBANG_PG_BUNDLE", "unpacked PostgreSQL bundle, used when the machine has none", "the one that make puts under scripts/pg"},
	}
}

// Help is the text of `matbang help settings`.
func Help() string {
	var b strings.Builder
	b.WriteString("Settings are read from the environment.\n")
	for _, s := range List() {
		fmt.Fprintf(&b, "\n%s\n    %s\n    default: %s\n", s.Name, s.Meaning, s.Default)
	}
	return b.String()
}
