// Package config reads the settings of the program from the environment and says in one sentence what is wrong with one.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"
)

// Settings are what an installation may choose. Load fills them; nothing else in the program reads the environment.
type Settings struct {
	DatabaseURL    string         // PostgreSQL in lib/pq form; empty means the embedded one under Data
	Data           string         // folder for the embedded database, attachments and keys; may be relative
	Addr           string         // listen address, host:port; an empty host means every interface
	DemoPassword   string         // password of the sample accounts; empty means a random one, printed once
	Today          string         // fixed business day YYYY-MM-DD, or empty for the real one
	BaseURL        string         // address that people and links use, without a closing slash
	Secret         string         // key material of at least 32 characters, or empty for one kept under Data
	Log            slog.Level     // least important kind of line that is written
	LogJSON        bool           // one JSON object for each line instead of text
	MetricsToken   string         // bearer token that opens /metrics to other machines; empty keeps it to this one
	TrustedProxies []netip.Prefix // proxies whose word about the caller's address is believed
}

// minSecret is the shortest key material that is worth its name: 32 characters of hex are 128 bits.
const minSecret = 32

// Load reads the settings with getenv (os.Getenv in the program). The error names every wrong setting, one sentence on a line.
func Load(getenv func(string) string) (Settings, error) {
	in := reader{getenv: getenv}
	s := Settings{
		DatabaseURL:    in.database(),
		Data:           filepath.Clean(in.text("MATBANG_DATA", "./var")),
		Addr:           in.address(),
		DemoPassword:   in.demoPassword(),
		Today:          in.today(),
		Secret:         in.secret(),
		MetricsToken:   in.secretText("MATBANG_METRICS_TOKEN"),
		TrustedProxies: in.proxies(),
	}
	s.Log, s.LogJSON = in.log()
	s.BaseURL = in.baseURL(s.Addr)
	return s, errors.Join(in.wrong...)
}

// Loopback tells whether only this machine can reach Addr: sample accounts are refused otherwise.
func (s Settings) Loopback() bool {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Embedded tells whether the program brings its own PostgreSQL.
func (s Settings) Embedded() bool { return s.DatabaseURL == "" }

// reader collects what is wrong, so that one start shows all of it.
type reader struct {
	getenv func(string) string
	wrong  []error
}

func (r *reader) refuse(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Errorf(format, args...))
}

func (r *reader) text(name, otherwise string) string {
	if v := strings.TrimSpace(r.getenv(name)); v != "" {
		return v
	}
	return otherwise
}

// secretText reads NAME, or the file that NAME_FILE names: containers hand secrets over as files.
func (r *reader) secretText(name string) string {
	value, file := r.text(name, ""), r.text(name+"_FILE", "")
	if file == "" {
		return value
	}
	if value != "" {
		r.refuse("%s and %s_FILE are both set: keep one of them", name, name)
		return value
	}
	data, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		r.refuse("%s_FILE names %s, which cannot be read: %w", name, file, cause(err))
		return ""
	}
	if value = strings.TrimSpace(string(data)); value == "" {
		r.refuse("%s_FILE names %s, which is empty", name, file)
	}
	return value
}

// cause leaves out what the sentence around it already says.
func cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// database never repeats the value in its refusal: it holds a password.
func (r *reader) database() string {
	dsn := r.secretText("DATABASE_URL")
	if dsn == "" {
		return ""
	}
	if _, err := pq.NewConnector(dsn); err != nil || (!strings.Contains(dsn, "://") && !strings.Contains(dsn, "=")) {
		r.refuse("DATABASE_URL is not understood: write it as postgres://user:password@host:5432/matbang?sslmode=require, with %%XX for special characters in the password")
	}
	return dsn
}

func (r *reader) address() string {
	addr := r.text("MATBANG_ADDR", "127.0.0.1:8080")
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		r.refuse("MATBANG_ADDR is %q: write host:port, for example 127.0.0.1:8080 or [::1]:8080", addr)
		return addr
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		r.refuse("MATBANG_ADDR is %q: the port must be a number from 0 to 65535", addr)
	} else if strings.ContainsAny(host, " /@") {
		r.refuse("MATBANG_ADDR is %q: %q is no host name", addr, host)
	}
	return addr
}

func (r *reader) demoPassword() string {
	password := r.secretText("MATBANG_DEMO_PASSWORD")
	if password != "" && len([]rune(password)) < 8 {
		r.refuse("MATBANG_DEMO_PASSWORD is too short: use 8 characters or more, or leave it out for a random one")
	}
	return password
}

func (r *reader) today() string {
	day := r.text("MATBANG_TODAY", "")
	if day == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		r.refuse("MATBANG_TODAY is %q: write a day of the calendar as YYYY-MM-DD, for example 2023-12-31", day)
	}
	return day
}

func (r *reader) secret() string {
	secret := r.secretText("MATBANG_SECRET")
	if secret != "" && len(secret) < minSecret {
		r.refuse("MATBANG_SECRET is too short: use %d characters or more, for example from `openssl rand -hex 32`", minSecret)
	}
	return secret
}

func (r *reader) log() (slog.Level, bool) {
	var level slog.Level
	word := r.text("MATBANG_LOG", "info")
	if err := level.UnmarshalText([]byte(word)); err != nil {
		r.refuse("MATBANG_LOG is %q: write debug, info, warn or error", word)
	}
	format := r.text("MATBANG_LOG_FORMAT", "text")
	if format != "text" && format != "json" {
		r.refuse("MATBANG_LOG_FORMAT is %q: write text or json", format)
	}
	return level, format == "json"
}

func (r *reader) baseURL(addr string) string {
	given := r.text("MATBANG_BASE_URL", "")
	if given == "" {
		return "http://" + reachable(addr)
	}
	u, err := url.Parse(given)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		r.refuse("MATBANG_BASE_URL is %q: write only scheme and host, for example https://matbang.example.vn", given)
		return given
	}
	return u.Scheme + "://" + u.Host
}

// reachable turns a listen address into one that a browser on this machine can open.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip, err := netip.ParseAddr(host); host == "" || (err == nil && ip.IsUnspecified()) {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func (r *reader) proxies() []netip.Prefix {
	var all []netip.Prefix
	for word := range strings.FieldsFuncSeq(r.text("MATBANG_TRUSTED_PROXIES", ""), func(c rune) bool { return c == ',' || c == ' ' }) {
		prefix, err := netip.ParsePrefix(word)
		if ip, single := netip.ParseAddr(word); single == nil {
			prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil {
			r.refuse("MATBANG_TRUSTED_PROXIES holds %q: write addresses or networks such as 10.0.0.0/8, with commas between", word)
			continue
		}
		all = append(all, prefix)
	}
	return all
}
