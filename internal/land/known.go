package land

import (
	"context"

	"matbang/internal/actor"
)

// Seek is a holder about to be entered anew for a work, by name and, when it is known, identity number.
type Seek struct {
	Project    string `json:"project"`
	Name       string `json:"name"`
	IdentityNo string `json:"identity_no"`
}

// Seen is a holder that is already there. Row is the place of its Seek, from 0; Case is its case in that work, empty when it has none.
type Seen struct {
	Row    int    `db:"row"`
	Holder string `db:"holder"`
	Case   string `db:"case_code"`
}

// Known finds holders that are already entered, in the person's scope: whoever owns under the same identity number, or, where none is
// given, bears the same name in the same work. A file sent twice must not make every holder twice.
func (l Land) Known(ctx context.Context, who actor.Actor, seeks []Seek) ([]Seen, error) {
	scope, err := who.Require(Edit)
	if err != nil || len(seeks) == 0 {
		return nil, err
	}
	return store{l.DB.Read(ctx)}.known(ctx, scope, seeks)
}

// knownHolders: names are compared with their marks, because Hương and Hường are two people.
const knownHolders = `WITH r AS (
	  SELECT * FROM ROWS FROM (jsonb_to_recordset($4::jsonb) AS (project text, name text, identity_no text)) WITH ORDINALITY AS v(project, name, identity_no, at)),
	hit AS (
	  SELECT r.at, r.project, true AS numbered, hp.holder_id FROM r JOIN holder_party hp ON hp.identity_no = r.identity_no AND hp.relation = 'owner' WHERE r.identity_no <> ''
	  UNION
	  SELECT r.at, r.project, false, hn.id FROM r JOIN holder hn ON hn.name_fold = fold(r.name) AND lower(hn.name) = lower(r.name) WHERE r.identity_no = '')
	SELECT DISTINCT ON (hit.at) hit.at - 1 AS row, h.code AS holder, COALESCE(there.code, '') AS case_code
	FROM hit JOIN holder h ON h.id = hit.holder_id JOIN app_user u ON u.id = h.changed_by
	LEFT JOIN (SELECT lc.code, lc.holder_id, lp.code AS project FROM land_case lc JOIN project lp ON lp.id = lc.project_id) there
	  ON there.holder_id = hit.holder_id AND there.project = hit.project
	WHERE (hit.numbered OR there.code IS NOT NULL) AND` + holderInScope + `
	ORDER BY hit.at, (there.code IS NOT NULL) DESC, h.code`

func (s store) known(ctx context.Context, scope actor.Scope, seeks []Seek) ([]Seen, error) {
	data, err := rowsJSON(seeks)
	if err != nil {
		return nil, err
	}
	seen := []Seen{}
	err = s.q.SelectContext(ctx, &seen, knownHolders, scope.Unit, scope.Ward, scope.Member, data)
	return seen, err
}
