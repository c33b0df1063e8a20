// Package storagetest holds every back end of the store to one behaviour: the sequencer protocol and the replication to
// the edge that package wire describes. A back end that passes can stand in for any other.
package storagetest

import (
	"sync"
	"testing"
	"time"

	"tracedge/core/storage"
)

// Backend is a back end under test with what the suite needs to know of it.
type Backend struct {
	Name      string
	Sequencer storage.Sequencer
	Edge      storage.Edge

	// Quiesce returns when the edge shows every commit of the partition made before the call. nil has the
	// suite write markers behind those commits and wait for their replicas, which needs nothing from the back end.
	Quiesce func(t testing.TB, partition string)

	// Advance moves the back end's clock. nil has the suite wait for real. Cases run at the same time, so a back end that
	// sets it opens apart for each.
	Advance func(d time.Duration)

	// Slow says that a call takes milliseconds: fewer steps are made where their number is what finds faults.
	Slow bool
}

// width is how many cases run at the same time. Most wait more than they compute, so it does not depend on the machine as
// that of parallel subtests does.
const width = 8

// Run runs the suite as subtests of t, several at a time. It calls open once for each case, from any goroutine; what open
// returns may be shared and may hold old data, because each case works in partitions with random names. open ends what it
// starts by t.Cleanup.
func Run(t *testing.T, open func(testing.TB) Backend) {
	slots := make(chan struct{}, width)
	var wait sync.WaitGroup
	for _, c := range []struct {
		name string
		run  func(*lab)
	}{
		{"Versions", versions},
		{"VersionsSurviveDeletion", versionsSurviveDeletion},
		{"Conflicts", conflicts},
		{"FailedCommitChangesNothing", failedCommitChangesNothing},
		{"ReadsAreOfOneMoment", readsAreOfOneMoment},
		{"Validation", validation},
		{"Deletes", deletes},
		{"Replay", replay},
		{"ReplayAfterOtherCommits", replayAfterOtherCommits},
		{"ReplayWithinFiveMinutes", replayWithinFiveMinutes},
		{"RefusalKeepsToken", refusalKeepsToken},
		{"ReplayAtOnce", replayAtOnce},
		{"ScanThousands", scanThousands},
		{"ScanEdges", scanEdges},
		{"ScanOrder", scanOrder},
		{"ScanNothing", scanNothing},
		{"ScanPageBytes", scanPageBytes},
		{"ReadManyAtOnce", readManyAtOnce},
		{"LongKeys", longKeys},
		{"LargeDocuments", largeDocuments},
		{"Texts", texts},
		{"Phantoms", phantoms},
		{"RangeOfNothing", rangeOfNothing},
		{"RangeOfPartialPage", rangeOfPartialPage},
		{"Additions", additions},
		{"AdditionBounds", additionBounds},
		{"AdditionReplay", additionReplay},
		{"ConcurrentAdditions", concurrentAdditions},
		{"ConcurrentUpdates", concurrentUpdates},
		{"Expiry", expiry},
		{"ExpiryInRange", expiryInRange},
		{"ExpiredAtOnce", expiredAtOnce},
		{"Replicas", replicas},
		{"ReplicasOfBurst", replicasOfBurst},
		{"ReplicasMove", replicasMove},
		{"ReplicasHandedOver", replicasHandedOver},
		{"ReplicasDeleted", replicasDeleted},
		{"ReplicasExpire", replicasExpire},
		{"ReplicasLarge", replicasLarge},
		{"EdgeScan", edgeScan},
		{"EdgeMalformed", edgeMalformed},
		{"MalformedReads", malformedReads},
		{"MalformedCommits", malformedCommits},
		{"RandomRun", randomRun},
	} {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			t.Run(c.name, func(t *testing.T) { c.run(newLab(t, open(t))) })
		})
	}
	wait.Wait()
}
