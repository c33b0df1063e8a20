package postactions

import (
	"errors"
	"slices"
)

// Trigger is what a webhook can be told of, in its Pascal form.
type Trigger string

// The triggers. WebhookTest is never set; it is of deliveries that test a webhook.
const (
	ItemPushed    Trigger = "ItemPushed"
	ItemApproved  Trigger = "ItemApproved"
	ItemTokenized Trigger = "ItemTokenized"
	ItemPublished Trigger = "ItemPublished"
	WebhookTest   Trigger = "WebhookTest"
)

// triggers are those that can be set, with the form of payloads.
var triggers = []struct {
	pascal Trigger
	snake  string
}{
	{ItemPushed, "item_pushed"}, {ItemApproved, "item_approved"}, {ItemTokenized, "item_tokenized"},
	{ItemPublished, "item_published"},
}

// Snake is the form of payloads.
func (t Trigger) Snake() string {
	for _, known := range triggers {
		if known.pascal == t {
			return known.snake
		}
	}
	return "webhook_test"
}

// number tells triggers apart in ids.
func (t Trigger) number() byte {
	for i, known := range triggers {
		if known.pascal == t {
			return byte(i + 1)
		}
	}
	return 0
}

// Choice is a trigger as a request names it.
type Choice Trigger

// UnmarshalText reads a trigger in either form.
func (c *Choice) UnmarshalText(text []byte) error {
	for _, known := range triggers {
		if string(text) == string(known.pascal) || string(text) == known.snake {
			*c = Choice(known.pascal)
			return nil
		}
	}
	return errors.New("postactions: unknown trigger")
}

// Allowed are the values of a trigger.
func (Choice) Allowed() []string {
	out := make([]string, len(triggers))
	for i, known := range triggers {
		out[i] = string(known.pascal)
	}
	return out
}

// Once is the list of choices with repeats left out.
func Once(list []Choice) []Trigger {
	out := make([]Trigger, 0, len(list))
	for _, c := range list {
		if !slices.Contains(out, Trigger(c)) {
			out = append(out, Trigger(c))
		}
	}
	return out
}
