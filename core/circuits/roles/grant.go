package roles

// Rule is a grant rule that a change breaks: the code of its refusal.
type Rule string

// The rules in the order in which they are tested. Nobody can hand out, or take from others, more than they hold.
const (
	OwnerImmutable  Rule = "owner_immutable"   // G1: the owner's row is never given another role, nor removed
	OwnerRole       Rule = "owner_role"        // G2: the role Owner is never handed out
	TargetOutranks  Rule = "target_outranks"   // G3: who changes another member holds all that the member has
	GrantExceedsOwn Rule = "grant_exceeds_own" // G4, G5: who hands out permissions holds them
)

// Change is what somebody wants to do to the role of a member, or to what a role carries. The zero value of a field
// leaves out the rule that it belongs to.
type Change struct {
	Own Set // what the one who acts may do

	OfOwner bool // the member is the circuit's owner
	Base    Base // the base role that is handed out
	Target  Set  // what another member has who is changed or removed
	Grant   Set  // permissions that are handed out, or taken from a role
}

// Broken is the first rule that the change breaks, "" for none, and for GrantExceedsOwn the permissions that the one who
// acts lacks.
func (c Change) Broken() (Rule, Set) {
	switch {
	case c.OfOwner:
		return OwnerImmutable, 0
	case c.Base == Owner:
		return OwnerRole, 0
	case !c.Own.Holds(c.Target):
		return TargetOutranks, 0
	case !c.Own.Holds(c.Grant):
		return GrantExceedsOwn, c.Grant &^ c.Own
	}
	return "", 0
}

// Changed are the permissions that are in exactly one of two sets: what a change of a role adds or drops.
func Changed(from, to Set) Set { return from ^ to }

// ForApproval is what auto_approve_members hands out to strangers, and with it what turning that on asks for (G5).
const ForApproval = push | pull | invite
