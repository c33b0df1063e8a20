// Package adapters connects the service with storage outside: which adapters there are, how they are reached, whether they
// answer, and the uploads to them.
//
// Configurations are few and belong together: unique names and one default. They live in one partition,
// adapters/configurations, are read whole and from the sequencer, and a configuration that was made is seen by the next
// request. Their secrets are encrypted before the update that stores them, each for itself, so that one which is kept is
// copied without being opened.
package adapters
