// Command login walks the critical path with the client that was generated from the document: register, login, verify,
// and the same account by an API key.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"tracedge.test/client/api"
)

func main() {
	log.SetFlags(0)
	if err := walk(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func walk(ctx context.Context, url string) error {
	c, err := api.NewClientWithResponses(url)
	if err != nil {
		return err
	}
	const name, password = "generated", "Cocoa beans 1"
	registered, err := c.PostAuthRegisterWithResponse(ctx, nil, api.AuthRegisterRequest{
		Username: name, Email: name + "@farm.example", Password: password,
	})
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	if registered.JSON200 == nil {
		return fmt.Errorf("register: %s", registered.Body)
	}
	loggedIn, err := c.PostAuthLoginWithResponse(ctx, nil, api.AuthLoginRequest{Username: name, Password: password})
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	if loggedIn.JSON200 == nil {
		return fmt.Errorf("login: %s", loggedIn.Body)
	}
	token := with("Authorization", "Bearer "+loggedIn.JSON200.Token)
	verified, err := c.GetAuthVerifyWithResponse(ctx, nil, token)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if verified.JSON200 == nil || verified.JSON200.UserId != registered.JSON200.UserId {
		return fmt.Errorf("verify: %s", verified.Body)
	}
	made, err := c.PostApiKeysWithResponse(ctx, nil, api.KeysCreateRequest{Name: "mine", OrganizationType: api.KeysOrganizationProducer}, token)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	if made.JSON200 == nil {
		return fmt.Errorf("key: %s", made.Body)
	}
	key := with("X-API-Key", made.JSON200.ApiKey)
	balance, err := c.GetUsersMeCreditsBalanceWithResponse(ctx, nil, key)
	if err != nil {
		return fmt.Errorf("balance by key: %w", err)
	}
	if balance.JSON200 == nil || balance.JSON200.Tier != api.AccountsTierBasic {
		return fmt.Errorf("balance by key: %s", balance.Body)
	}
	refused, err := c.GetAuthProfileWithResponse(ctx, nil)
	if err != nil {
		return fmt.Errorf("without a credential: %w", err)
	}
	if refused.JSON401 == nil || refused.JSON401.ErrorKind != api.UnauthorizedErrorErrorKindAuthError {
		return fmt.Errorf("without a credential: %s", refused.Body)
	}
	fmt.Println("verified", *verified.JSON200.WorkspaceId, balance.JSON200.Credits, refused.JSON401.TraceId)
	return nil
}

// with sets a header of a request.
func with(name, value string) api.RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set(name, value)
		return nil
	}
}
