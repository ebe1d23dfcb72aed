package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"matbang/internal/app/apptest"
	"matbang/internal/config"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/postgres/pgtest"
)

// said is what a command answered.
type said struct {
	code     int
	out, log string
}

// matbang runs a command as the shell would, on the database of the environment.
func matbang(t *testing.T, args ...string) said {
	t.Helper()
	out, log := os.Stdout, os.Stderr
	defer func() { os.Stdout, os.Stderr = out, log }()
	files := [2]*os.File{}
	for i, name := range []string{"out", "log"} {
		file, err := os.Create(filepath.Join(t.TempDir(), name))
		if err != nil {
			t.Fatal(err)
		}
		files[i] = file
	}
	os.Stdout, os.Stderr = files[0], files[1]
	answer := said{code: run(t.Context(), args)}
	for i, into := range []*string{&answer.out, &answer.log} {
		if _, err := files[i].Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(files[i])
		if err != nil {
			t.Fatal(err)
		}
		*into = string(content)
		_ = files[i].Close()
	}
	return answer
}

// on names the database for the commands that follow.
func on(t *testing.T, dsn string) {
	t.Helper()
	for _, s := range config.List() {
		for name := range strings.SplitSeq(s.Name, ", ") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("DATABASE_URL", dsn)
	t.Setenv("MATBANG_DATA", t.TempDir())
}

// typed puts a text on standard input until the test ends.
func typed(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = in
	t.Cleanup(func() { os.Stdin = before; _ = in.Close() })
}

// oneDocument checks that standard output is one JSON document and nothing else.
func oneDocument(t *testing.T, text string, into any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		t.Errorf("more than one document: %q", text)
	}
}

func TestWrongUseIsTold(t *testing.T) {
	on(t, "postgres://nobody@127.0.0.1:1/none") // none of these may get as far as a database
	for _, args := range [][]string{
		{"dance"}, {"--help-me"}, {"verify", "--fast"}, {"verify", "all"}, {"report"}, {"report", "yearly", "--period", "2023-12"}, {"report", "monthly"},
		{"report", "monthly", "--period", "2023-13"}, {"report", "monthly", "--period", "2023-12", "--format", "docx"}, {"serve", "now"}, {"serve", "--port", "1"}, {"migrate"},
		{"migrate", "down"}, {"migrate", "down", "0"}, {"migrate", "down", "all"}, {"migrate", "sideways"}, {"migrate", "force"}, {"seed"}, {"seed", "everything"}, {"user"}, {"user", "add"},
		{"user", "promote", "lan"}, {"token"}, {"token", "issue"}, {"token", "issue", "--user", "lan", "--days", "x"}, {"statement", "inspect"},
		{"statement", "inspect", "/nowhere/at/all.csv"}, {"reconcile"}, {"import"}, {"import", "dreams", "x.csv"},
	} {
		got := matbang(t, args...)
		if got.code != misuse || got.out != "" || got.log == "" {
			t.Errorf("matbang %s: exit %d, %q, %q", strings.Join(args, " "), got.code, got.out, got.log)
		}
	}
}

func TestAWrongSettingIsTold(t *testing.T) {
	on(t, "")
	t.Setenv("MATBANG_ADDR", "everywhere")
	if got := matbang(t, "verify"); got.code != misuse || !strings.Contains(got.log, "MATBANG_ADDR") {
		t.Errorf("exit %d, %q", got.code, got.log)
	}
	for _, args := range [][]string{{"help"}, {"version"}, {"help", "settings"}} { // what helps to mend it still answers
		if got := matbang(t, args...); got.code != done || got.out == "" {
			t.Errorf("%v: exit %d, %q", args, got.code, got.log)
		}
	}
}

func TestHelpListsEveryCommand(t *testing.T) {
	for _, args := range [][]string{{"help"}, {}} {
		got := matbang(t, args...)
		if got.code != done {
			t.Errorf("exit %d", got.code)
		}
		for name, c := range commands() {
			if !strings.Contains(got.out, "  matbang "+c.usage+"\n      "+c.does+"\n") || !strings.HasPrefix(c.usage, name) {
				t.Errorf("help does not tell of %s", name)
			}
		}
	}
	settings := matbang(t, "help", "settings").out
	for _, s := range config.List() {
		for name := range strings.SplitSeq(s.Name, ", ") {
			if !strings.Contains(settings, name) {
				t.Errorf("no word about %s", name)
			}
		}
	}
}

func TestADatabaseThatIsAwayIsNoWrongUse(t *testing.T) {
	on(t, "postgres://nobody:hunter2@127.0.0.1:1/none?sslmode=disable")
	got := matbang(t, "verify", "--json")
	if got.code != faults || got.out != "" || !strings.Contains(got.log, "does not answer") || strings.Contains(got.log, "hunter2") {
		t.Errorf("exit %d, %q, %q", got.code, got.out, got.log)
	}
}

func TestVerify(t *testing.T) {
	a := apptest.SampleCity(t)
	on(t, a.Settings.DatabaseURL)
	var answer struct {
		Faults int `json:"faults"`
		Checks []struct {
			Number int      `json:"number"`
			Name   string   `json:"name"`
			Faults []string `json:"faults"`
		} `json:"checks"`
	}
	got := matbang(t, "verify", "--json")
	oneDocument(t, got.out, &answer)
	if got.code != done || got.log != "" || answer.Faults != 0 || len(answer.Checks) < 20 {
		t.Errorf("exit %d, %d faults in %d checks, remarks %q", got.code, answer.Faults, len(answer.Checks), got.log)
	}
	if _, err := a.DB.Pool().ExecContext(t.Context(), `ALTER TABLE audit_event DISABLE TRIGGER ALL; UPDATE audit_event SET reason = 'khác' WHERE id = 9`); err != nil {
		t.Fatal(err)
	}
	got = matbang(t, "verify", "--json")
	oneDocument(t, got.out, &answer)
	if got.code != faults || answer.Faults != 1 || got.log != "" {
		t.Errorf("exit %d, %d faults, remarks %q", got.code, answer.Faults, got.log)
	}
	if got = matbang(t, "verify"); got.code != faults || !strings.Contains(got.out, "audit_event 9") {
		t.Errorf("exit %d, %q", got.code, got.out)
	}
}

func TestTheReportIsTheOneOfTheAPI(t *testing.T) {
	a := apptest.SampleCity(t)
	on(t, a.Settings.DatabaseURL)
	for _, month := range []string{"2023-11", "2023-12"} {
		got := matbang(t, "report", "monthly", "--period", month, "--format", "json")
		var document, want map[string]any
		oneDocument(t, got.out, &document)
		m, err := a.Rooms.Reports.Monthly(t.Context(), apptest.Actor(t, a, "leader"), day.MustMonth(month))
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		oneDocument(t, string(text), &want)
		again, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		expected, err := json.Marshal(want)
		if got.code != done || got.log != "" || err != nil || string(again) != string(expected) || document["month"] != month {
			t.Errorf("%s: exit %d, %q, %v", month, got.code, got.log, err)
		}
	}
	file := filepath.Join(t.TempDir(), "b.xlsx")
	if got := matbang(t, "report", "monthly", "--period=12/2023", "--format", "xlsx", "--out", file); got.code != done || got.out != "" {
		t.Errorf("workbook: exit %d, %q, %q", got.code, got.out, got.log)
	}
	if content, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(content), "PK") {
		t.Errorf("workbook: %v", err)
	}
}

func TestTheSchemaGoesUpAndDown(t *testing.T) {
	on(t, pgtest.Clone(t))
	version := matbang(t, "migrate", "version").out
	if !strings.HasSuffix(version, " clean\n") {
		t.Errorf("version %q", version)
	}
	if got := matbang(t, "migrate", "down", "1"); got.code != done {
		t.Errorf("down: exit %d, %q", got.code, got.log)
	}
	if got := matbang(t, "verify"); got.code != faults || !strings.Contains(got.log, "matbang migrate up") {
		t.Errorf("a program on an old schema: exit %d, %q", got.code, got.log)
	}
	for range 2 {
		if got := matbang(t, "migrate", "up"); got.code != done {
			t.Errorf("up: exit %d, %q", got.code, got.log)
		}
	}
	if again := matbang(t, "migrate", "version").out; again != version {
		t.Errorf("version %q", again)
	}
}

func TestReferenceDataAccountsAndTokens(t *testing.T) {
	on(t, pgtest.Clone(t))
	for range 2 {
		if got := matbang(t, "seed", "reference"); got.code != done {
			t.Fatalf("reference: exit %d, %q", got.code, got.log)
		}
	}
	if got := matbang(t, "unit", "add", "BQLDA", "--name", "Ban Quản lý dự án", "--kind", "management"); got.code != done {
		t.Errorf("a unit: exit %d, %q", got.code, got.log)
	}
	typed(t, "ngắn\n")
	if got := matbang(t, "user", "add", "lan", "--full-name", "Hoàng Thị Lan", "--unit", "BQLDA", "--roles", "planner"); got.code != faults || !strings.Contains(got.log, "password:") {
		t.Errorf("a short password: exit %d, %q", got.code, got.log)
	}
	for _, args := range [][]string{{"user", "add", "lan", "--full-name", "Hoàng Thị Lan", "--unit", "BQLDA", "--roles", "planner"}, {"token", "issue", "--user", "lan", "--days", "1"},
		{"user", "roles", "lan", "--roles", "planner,accountant"}, {"user", "password", "lan"}, {"user", "disable", "lan"}} {
		typed(t, "một mật khẩu đủ dài\n")
		if got := matbang(t, args...); got.code != done || (args[0] == "token") != (got.out != "") {
			t.Errorf("%v: exit %d, %q, %q", args, got.code, got.out, got.log)
		}
	}
	if got := matbang(t, "token", "issue", "--user", "nobody"); got.code != faults || got.out != "" {
		t.Errorf("a token of nobody: exit %d, %q", got.code, got.out)
	}
	var description map[string]any
	got := matbang(t, "openapi")
	oneDocument(t, got.out, &description)
	if got.code != done || !strings.HasPrefix(description["openapi"].(string), "3.1") {
		t.Errorf("description: exit %d", got.code)
	}
}

func TestFlagsStandAnywhere(t *testing.T) {
	for _, args := range [][]string{{"a", "b", "--json", "--user", "lan"}, {"--json", "a", "--user=lan", "b"}, {"--user", "lan", "a", "b", "-json"}} {
		f := flags("x")
		asJSON, user := f.Bool("json", false, ""), f.String("user", "", "")
		words, err := parse(f, args)
		if err != nil || !slices.Equal(words, []string{"a", "b"}) || !*asJSON || *user != "lan" {
			t.Errorf("%v: %v %v %v %v", args, words, *asJSON, *user, err)
		}
	}
}

func TestARefusalIsASentence(t *testing.T) {
	var w fault.Wrong
	w.Add("number", "required")
	text := plain(w.Err())
	if strings.Contains(text, "invalid_input") || !strings.Contains(text, "number: Không được để trống.") {
		t.Errorf("%q", text)
	}
	if plain(errors.New("as it is")) != "as it is" {
		t.Error("another error is changed")
	}
}

func TestAPasswordComesFromStandardInput(t *testing.T) {
	for in, want := range map[string]string{"mật khẩu dài\n": "mật khẩu dài", "with blank \r\nsecond": "with blank ", "\n": "", "": ""} {
		got, err := readPassword(strings.NewReader(in))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

// A statement is looked at and loaded from the command line as on the pages: the same file a second time is refused, one that does not prove too.
func TestStatementsByCommand(t *testing.T) {
	a := apptest.SampleCity(t)
	on(t, a.Settings.DatabaseURL)
	known := filepath.Join("..", "..", "seeds", "bac-kan-2023", "statements", "2023-12-TK-VCB.csv")
	var seen struct {
		Format     string `json:"format"`
		Statements []struct {
			Opening string `json:"opening"`
			Lines   []struct {
				Amount string `json:"amount"`
			} `json:"lines"`
		} `json:"statements"`
	}
	got := matbang(t, "statement", "inspect", known, "--profile", "vietcombank", "--json")
	oneDocument(t, got.out, &seen)
	if got.code != done || seen.Format != "csv" || len(seen.Statements) != 1 || seen.Statements[0].Opening == "" || len(seen.Statements[0].Lines) < 20 {
		t.Errorf("inspect: exit %d, %+v, %q", got.code, seen, got.log)
	}
	if got := matbang(t, "statement", "inspect", known, "--profile", "vietcombank"); got.code != done || !strings.Contains(got.out, "đầu kỳ") {
		t.Errorf("inspect in words: exit %d, %q %q", got.code, got.out, got.log)
	}
	if got := matbang(t, "statement", "import", known, "--account", "TK-VCB", "--user", "accountant"); got.code != faults || got.out != "" || got.log == "" {
		t.Errorf("a known file: exit %d, %q %q", got.code, got.out, got.log)
	}
	file := filepath.Join(t.TempDir(), "01-2024.csv")
	closing := seen.Statements[0].Opening
	write := func(end string) {
		text := "Ngày giao dịch,Ngày hiệu lực,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Số dư,Mô tả\n05/01/2024,05/01/2024,1,,1.000,,LAI TIEN GUI\n"
		if err := os.WriteFile(file, []byte("Số dư đầu kỳ,"+closing+"\n"+text+"Số dư cuối kỳ,"+end+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("1")
	if got := matbang(t, "statement", "import", file, "--account", "TK-VCB", "--user", "accountant"); got.code != faults || got.log == "" {
		t.Errorf("a file that does not prove: exit %d, %q %q", got.code, got.out, got.log)
	}
	if got := matbang(t, "statement", "import", file, "--account", "TK-VCB", "--user", "leader"); got.code != faults || got.out != "" {
		t.Errorf("who may not: exit %d, %q", got.code, got.out)
	}
}
