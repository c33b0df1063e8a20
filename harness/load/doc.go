// Package load sends requests to a service and records how it answered, in the form of the service's own records, so that
// the breakdown of a load run is the breakdown of a log.
//
// A load run is open loop: requests start on a schedule that does not wait for answers, and latency counts from the
// moment at which a request should have started. A service that stalls cannot hide it by slowing its clients down.
package load
