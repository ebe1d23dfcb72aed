package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestDefaults(t *testing.T) {
	s, err := Load(env(nil))
	if err != nil {
		t.Fatal(err)
	}
	if s.Data != "var" || s.Addr != "127.0.0.1:8080" || s.BaseURL != "http://127.0.0.1:8080" || s.Today != "" || s.Log != slog.LevelInfo || s.LogJSON {
		t.Errorf("defaults: %+v", s)
	}
	if !s.Embedded() || !s.Loopback() {
		t.Error("the default is an embedded database and an address of this machine only")
	}
}

func TestAccepted(t *testing.T) {
	cases := map[string]struct {
		env   map[string]string
		check func(Settings) bool
	}{
		"url":         {map[string]string{"DATABASE_URL": "postgres://u:p@db/matbang?sslmode=disable"}, func(s Settings) bool { return !s.Embedded() }},
		"key value":   {map[string]string{"DATABASE_URL": "host=db user=u dbname=matbang sslmode=disable"}, func(s Settings) bool { return !s.Embedded() }},
		"two hosts":   {map[string]string{"DATABASE_URL": "postgres://u@a,b/matbang?target_session_attrs=read-write&sslmode=disable"}, func(s Settings) bool { return !s.Embedded() }},
		"socket":      {map[string]string{"DATABASE_URL": "postgres://u@/matbang?host=/run/pg&sslmode=disable"}, func(s Settings) bool { return !s.Embedded() }},
		"data":        {map[string]string{"MATBANG_DATA": "../x/./y/"}, func(s Settings) bool { return s.Data == "../x/y" }},
		"every host":  {map[string]string{"MATBANG_ADDR": ":80"}, func(s Settings) bool { return !s.Loopback() && s.BaseURL == "http://localhost:80" }},
		"outside":     {map[string]string{"MATBANG_ADDR": "0.0.0.0:8080"}, func(s Settings) bool { return !s.Loopback() }},
		"ipv6":        {map[string]string{"MATBANG_ADDR": "[::1]:8080"}, func(s Settings) bool { return s.Loopback() && s.BaseURL == "http://[::1]:8080" }},
		"localhost":   {map[string]string{"MATBANG_ADDR": "localhost:0"}, func(s Settings) bool { return s.Loopback() }},
		"127.x":       {map[string]string{"MATBANG_ADDR": "127.0.0.9:1"}, func(s Settings) bool { return s.Loopback() }},
		"other name":  {map[string]string{"MATBANG_ADDR": "app.example.vn:1"}, func(s Settings) bool { return !s.Loopback() }},
		"today":       {map[string]string{"MATBANG_TODAY": "2024-02-29"}, func(s Settings) bool { return s.Today == "2024-02-29" }},
		"base":        {map[string]string{"MATBANG_BASE_URL": "https://matbang.example.vn/"}, func(s Settings) bool { return s.BaseURL == "https://matbang.example.vn" }},
		"log":         {map[string]string{"MATBANG_LOG": "debug", "MATBANG_LOG_FORMAT": "json"}, func(s Settings) bool { return s.Log == slog.LevelDebug && s.LogJSON }},
		"proxies":     {map[string]string{"MATBANG_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}, func(s Settings) bool { return len(s.TrustedProxies) == 2 && s.TrustedProxies[1].Bits() == 128 }},
		"demo":        {map[string]string{"MATBANG_DEMO_PASSWORD": "đủ dài rồi"}, func(s Settings) bool { return s.DemoPassword == "đủ dài rồi" }},
		"empty means": {map[string]string{"MATBANG_ADDR": "  "}, func(s Settings) bool { return s.Addr == "127.0.0.1:8080" }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := Load(env(c.env))
			if err != nil || !c.check(s) {
				t.Errorf("%v gives %+v, %v", c.env, s, err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ setting, value string }{
		"no port":         {"MATBANG_ADDR", "localhost"},
		"port word":       {"MATBANG_ADDR", "localhost:http"},
		"port range":      {"MATBANG_ADDR", "localhost:70000"},
		"address as url":  {"MATBANG_ADDR", "http://localhost:80"},
		"no such day":     {"MATBANG_TODAY", "2023-02-29"},
		"day order":       {"MATBANG_TODAY", "31-12-2023"},
		"database":        {"DATABASE_URL", "postgres://u:pass%zz@db/matbang"},
		"database word":   {"DATABASE_URL", "localhost"},
		"short secret":    {"MATBANG_SECRET", "short"},
		"short password":  {"MATBANG_DEMO_PASSWORD", "short"},
		"base path":       {"MATBANG_BASE_URL", "https://example.vn/app"},
		"base no scheme":  {"MATBANG_BASE_URL", "example.vn"},
		"log":             {"MATBANG_LOG", "loud"},
		"log format":      {"MATBANG_LOG_FORMAT", "xml"},
		"proxies":         {"MATBANG_TRUSTED_PROXIES", "10.0.0.0/99"},
		"no such file":    {"MATBANG_SECRET_FILE", "/nowhere/secret"},
		"no such db file": {"DATABASE_URL_FILE", "/nowhere/url"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(env(map[string]string{c.setting: c.value}))
			if err == nil || !strings.HasPrefix(err.Error(), strings.TrimSuffix(c.setting, "_FILE")) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("one sentence that begins with the setting is wanted, got: %v", err)
			}
			if strings.Contains(err.Error(), "pass%zz") {
				t.Error("the refusal repeats a password")
			}
		})
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	_, err := Load(env(map[string]string{"MATBANG_ADDR": "x", "MATBANG_TODAY": "y", "MATBANG_LOG": "z"}))
	if err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Errorf("three sentences are wanted, got: %v", err)
	}
}

func TestSecretByFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	key := strings.Repeat("k", minSecret)
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Load(env(map[string]string{"MATBANG_SECRET_FILE": file})); err != nil || s.Secret != key {
		t.Errorf("got %q, %v", s.Secret, err)
	}
	if _, err := Load(env(map[string]string{"MATBANG_SECRET_FILE": file, "MATBANG_SECRET": key})); err == nil {
		t.Error("both forms at once were accepted")
	}
	if err := os.WriteFile(file, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(env(map[string]string{"MATBANG_SECRET_FILE": file})); err == nil {
		t.Error("an empty file was accepted")
	}
}

// A secret is made once and found again; it is nobody else's to read.
func TestKeyMaterialIsKept(t *testing.T) {
	s := Settings{Data: filepath.Join(t.TempDir(), "new")}
	first, err := s.KeyMaterial()
	if err != nil || len(first) < minSecret {
		t.Fatalf("%q, %v", first, err)
	}
	if again, err := s.KeyMaterial(); err != nil || again != first {
		t.Errorf("%q, then %q (%v)", first, again, err)
	}
	if info, err := os.Stat(filepath.Join(s.Data, "secret")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	s.Secret = "given"
	if given, err := s.KeyMaterial(); err != nil || given != "given" {
		t.Errorf("%q, %v", given, err)
	}
}

// A setting that Load asks for and Help does not list would be a secret of the source code.
func TestHelpListsEverySetting(t *testing.T) {
	help := Help()
	_, err := Load(func(name string) string {
		if !strings.Contains(help, name) {
			t.Errorf("help does not list %s", name)
		}
		return ""
	})
	if err != nil {
		t.Error(err)
	}
}
