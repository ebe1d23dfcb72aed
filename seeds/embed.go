// Package seeds carries the reference data and the sample city inside the binary. README.md says what each file holds.
package seeds

import "embed"

// Files holds reference/ and bac-kan-2023/.
//
//go:embed reference bac-kan-2023
var Files embed.FS
