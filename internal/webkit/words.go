package webkit

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"matbang/internal/day"
	"matbang/internal/vnd"
)

// Languages of the program; the first is the language of whoever has not chosen.
var languages = [...]string{"vi", "en"}

// Words is every sentence of the program in every language, by key.
type Words struct{ say map[string]map[string]string }

// LoadWords reads <lang>/*.json, flat objects of key and sentence. A key defined twice, or missing in one language, is refused.
func LoadWords(files fs.FS) (*Words, error) {
	w := &Words{say: map[string]map[string]string{}}
	for _, lang := range languages {
		w.say[lang] = map[string]string{}
		names, err := fs.Glob(files, lang+"/*.json")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if err := w.load(files, lang, name); err != nil {
				return nil, err
			}
		}
	}
	return w, w.complete()
}

func (w *Words) load(files fs.FS, lang, name string) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	var entries map[string]string
	if err := json.Unmarshal(data, &entries); err != nil {
		return fmt.Errorf("locale %s: %w", name, err)
	}
	for key, text := range entries {
		if _, twice := w.say[lang][key]; twice {
			return fmt.Errorf("locale %s: %q stands in two files", name, key)
		}
		w.say[lang][key] = text
	}
	return nil
}

func (w *Words) complete() error {
	var missing []string
	for key := range w.say["vi"] {
		if _, ok := w.say["en"][key]; !ok {
			missing = append(missing, path.Join("en", key))
		}
	}
	for key := range w.say["en"] {
		if _, ok := w.say["vi"][key]; !ok {
			missing = append(missing, path.Join("vi", key))
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("locale: not translated: %s", strings.Join(missing, ", "))
	}
	return nil
}

// Has tells whether there is a sentence for the key.
func (w *Words) Has(key string) bool { return w.say["vi"][key] != "" }

// Say gives the sentence with its places {0}, {1}… filled. An unknown key shows itself, so that it is noticed.
func (w *Words) Say(lang, key string, args ...any) string {
	text, ok := w.say[lang][key]
	if !ok {
		text, ok = w.say["vi"][key]
	}
	if !ok {
		return key
	}
	places := make([]string, 0, 2*len(args))
	for i, arg := range args {
		places = append(places, "{"+strconv.Itoa(i)+"}", w.show(lang, arg))
	}
	return strings.NewReplacer(places...).Replace(text) // in one go: an argument's own braces are no place
}

// show writes an argument the way people read it; an argument that is itself a key ("@state.draft") is translated.
func (w *Words) show(lang string, arg any) string {
	switch v := arg.(type) {
	case vnd.Amount:
		return v.String() + " đ"
	case day.Date:
		return v.VN()
	case day.Month:
		return v.VN()
	case time.Time:
		return moment(v)
	case string:
		if key, found := strings.CutPrefix(v, "@"); found {
			return w.Say(lang, key)
		}
		return v
	default:
		return fmt.Sprint(v)
	}
}
