package memory_test

import (
	"testing"
	"time"

	"tracedge/harness/services"
	"tracedge/harness/services/memory"
	"tracedge/harness/services/servicestest"
)

func TestConformance(t *testing.T) {
	servicestest.Run(t, func(t *testing.T, now func() time.Time) services.Store {
		return memory.New(now)
	})
}
