// Package simulate drives the unchanged worker through a world that follows from
// one number, and checks what it promises.
//
// A [Plan] is what a seed stands for: the world (locations, isolates, settings),
// the clients with what they do and when, and the faults with when and where
// they strike. A [World] runs a plan on one goroutine under virtual time. All
// that could differ between two runs, the order of tasks, the network, both
// clocks and random data, comes from the seed; [Witness] is a hash over every
// call of every Go program to its host and over every record, so that two runs
// that differ are known to.
//
// Faults and steps of clients are planned ahead and have numbers of their own.
// Leaving some of them out leaves the others what they are, which is what makes
// it possible to shrink a failing seed to a story.
package simulate
