// Package story runs a document: its shell commands are what a reader types, its JSON what the reader sees.
package story
