// Package corpus makes bank accounts with the truth attached: payments, statement lines with the noise of real banks, and which belongs to which.
package corpus
