package webkit

import (
	"io/fs"
	"net/http"
	"path"
	"strings"
	"unicode"

	"matbang/internal/day"
)

// ground adds the routes that belong to no room: assets, language, month of work, the API's description.
func (k *Kit) ground() {
	k.Page(http.MethodGet, "/static/*file", Public, k.static)
	k.Page(http.MethodPost, "/language", Public, k.setLanguage)
	k.Page(http.MethodPost, "/month", SignedIn, k.setMonth)
	k.Page(http.MethodPost, "/find", SignedIn, k.find)
	k.Page(http.MethodGet, "/api/openapi.json", Public, k.describe)
	k.Page(http.MethodGet, "/api/docs", Public, k.docs)
}

// static serves the built assets; their names carry a hash, so they may be kept for a year.
func (k *Kit) static(c *Ctx) error {
	name := path.Clean(c.Param("file"))
	content, err := fs.ReadFile(k.Dist, "dist"+name)
	if err != nil {
		c.g.Status(http.StatusNotFound)
		return nil
	}
	c.g.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.g.Data(http.StatusOK, contentType(name), content)
	return nil
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".json":
		return "application/json"
	default:
		return "text/plain; charset=utf-8"
	}
}

func (k *Kit) setLanguage(c *Ctx) error {
	lang := "vi"
	if c.Form("lang") == "en" {
		lang = "en"
	}
	c.g.SetSameSite(http.SameSiteLaxMode)
	c.g.SetCookie(langCookie, lang, 365*24*3600, "/", "", k.Secure, true)
	c.g.Redirect(http.StatusSeeOther, localPath(c.Form("back")))
	return nil
}

func (k *Kit) setMonth(c *Ctx) error {
	if m, err := day.ParseMonth(c.Form("month")); err == nil {
		k.sessions.Put(c.Context(), sessionMonth, m.String())
	}
	c.g.Redirect(http.StatusSeeOther, localPath(c.Form("back")))
	return nil
}

// LocalPath keeps a redirect inside this site.
func LocalPath(p string) string { return localPath(p) }

func localPath(p string) string {
	// Browsers drop tabs and line ends from an address, so "/<tab>/evil" would leave the site like "//evil".
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.HasPrefix(p, "/\\") || strings.ContainsFunc(p, unicode.IsControl) {
		return "/"
	}
	return p
}

func (k *Kit) describe(c *Ctx) error {
	data, err := k.OpenAPI()
	if err != nil {
		return err
	}
	c.g.Render(http.StatusOK, rawJSON(data))
	return nil
}

// docs is the API's description as a page to read.
func (k *Kit) docs(c *Ctx) error {
	page := struct{ Operations []docLine }{}
	for _, r := range k.routes {
		if r.Operation == "" {
			continue
		}
		page.Operations = append(page.Operations, docLine{r, k.summaries[r.Operation]})
	}
	return c.Show("api/docs", page)
}

type docLine struct {
	Route
	Summary string
}

type rawJSON []byte

func (r rawJSON) Render(w http.ResponseWriter) error {
	r.WriteContentType(w)
	_, err := w.Write(r)
	return err
}

func (rawJSON) WriteContentType(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
}
