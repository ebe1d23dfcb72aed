package payoutsheet

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/paper"
	"matbang/internal/payout"
	"matbang/internal/sheet"
)

// File is a file that is ready to be handed out.
type File struct {
	Name, Type string
	Content    []byte
}

// Types of files by their endings.
const (
	pdfType  = "application/pdf"
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// Desk makes the files of orders. Mask hides a number but its last signs.
type Desk struct {
	Payouts payout.Payouts
	Mask    func(string) string
}

// Make makes a file by its name: list.pdf, list.docx, list.xlsx, slip.pdf, slip.docx, slip.json, calls-1.pdf, calls-1.docx, pain001.xml or
// transfer-LAYOUT.csv. full asks for whole numbers, which is written into the log. Refuses whatever payout.Papers refuses, and names it
// does not know (payout.paper_unknown).
func (d Desk) Make(ctx context.Context, who actor.Actor, order, file string, full bool) (File, error) {
	name, format, _ := strings.Cut(file, ".")
	kind, which, _ := strings.Cut(name, "-")
	if _, known := formats()[kind+"."+format]; !known {
		return File{}, payout.ErrPaperMissing
	}
	p, err := d.Payouts.Papers(ctx, who, order, payout.PaperKind(kind), full)
	if err != nil {
		return File{}, err
	}
	if !full {
		p = Masked(p, d.Mask)
	}
	var out bytes.Buffer
	if err := d.write(ctx, &out, p, kind, which, format); err != nil {
		return File{}, err
	}
	return File{order + "-" + file, formats()[kind+"."+format], out.Bytes()}, nil
}

func formats() map[string]string {
	return map[string]string{"list.pdf": pdfType, "list.docx": docxType, "list.xlsx": sheet.ContentType, "slip.pdf": pdfType, "slip.docx": docxType, "slip.json": "application/json",
		"calls.pdf": pdfType, "calls.docx": docxType, "pain001.xml": "application/xml", "transfer.csv": "text/csv; charset=us-ascii"}
}

func (d Desk) write(ctx context.Context, out io.Writer, p payout.Paper, kind, which, format string) error {
	switch kind + "." + format {
	case "list.xlsx":
		return ListXLSX(out, p)
	case "slip.json":
		return SlipJSON(out, p)
	case "pain001.xml":
		return Pain001(out, p)
	case "transfer.csv":
		layouts, err := d.Payouts.Layouts(ctx, p.Order.ReleasedOn)
		if err != nil {
			return err
		}
		layout, err := LayoutOf(layouts, which)
		if err != nil {
			return err
		}
		return TransferCSV(out, p, layout)
	}
	docs, err := d.docs(ctx, p, kind, which)
	switch {
	case err != nil:
		return err
	case format == "docx":
		return paper.DOCX(out, docs...)
	default:
		return paper.PDF(out, docs...)
	}
}

func (d Desk) docs(ctx context.Context, p payout.Paper, kind, which string) ([]paper.Doc, error) {
	switch kind {
	case "list":
		doc, err := ListDoc(p)
		return []paper.Doc{doc}, err
	case "slip":
		doc, err := SlipDoc(p)
		return []paper.Doc{doc}, err
	}
	calls, err := d.Payouts.Calls(ctx, p.Order.ID)
	if err != nil {
		return nil, err
	}
	number, _ := strconv.Atoi(which) //nolint:errcheck // what is no number is no call
	docs := CallDocs(p, calls, number)
	if len(docs) == 0 {
		return nil, payout.ErrPaperMissing
	}
	return docs, nil
}
