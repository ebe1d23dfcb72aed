// Package paper writes documents to be printed and signed, in the form of decree 30/2020/NĐ-CP: one description, as DOCX and as PDF.
package paper
