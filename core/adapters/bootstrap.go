package adapters

import (
	"context"
	"time"

	"tracedge/core/adapters/pinata"
	"tracedge/core/adaptertype"
	"tracedge/core/config"
	"tracedge/core/storage"
	"tracedge/core/trace"
)

// Bootstrap makes the first configurations from the deployment's settings when there is none: one for each complete set.
// It is part of the sweep. One commit, which verifies that there still is none, so that two sweeps make one set; a crash
// before it leaves nothing.
func (s *Service) Bootstrap(ctx context.Context) error {
	first := first(s.config.Adapters)
	if len(first) == 0 {
		return nil
	}
	page, err := s.store.Scan(ctx, "adapters_find_any", partition(), configPrefix(), storage.Page{Limit: 1})
	if err != nil || len(page.Records) > 0 {
		return err
	}
	if s.vault.box == nil {
		s.notice(ctx, "SECRETS_KEY", "Adapter configurations hold secrets; without SECRETS_KEY none is made")
		return nil
	}
	made := make([]Config, len(first))
	for i, f := range first {
		if made[i], err = s.sealed(f, i); err != nil {
			return err
		}
	}
	return s.store.Update(ctx, "adapters_create_first", partition(), func(tx *storage.Tx) error {
		found, err := tx.Scan(configPrefix(), storage.Page{Limit: 1})
		if err != nil || len(found.Records) > 0 {
			return err
		}
		for _, c := range made {
			putConfig(tx, c)
		}
		return nil
	})
}

// starter is a first configuration with its secrets in the clear.
type starter struct {
	name, description string
	kind              adaptertype.Type
	contracts         *Contracts
	headers           map[string]string
}

// first are the complete sets. Stellar ones store on IPFS too, so they need its credentials. Their headers are values for the
// ledger, secrets among them: the half that stores must not send them along.
func first(c config.Adapters) (out []starter) {
	if c.PinataAPIKey == "" || c.PinataSecretKey == "" {
		return nil
	}
	out = append(out, starter{name: "IPFS", description: "IPFS, from the settings of the deployment", kind: adaptertype.IPFS})
	for _, l := range []struct {
		name, network string
		kind          adaptertype.Type
		ledger        config.Ledger
	}{
		{"Stellar testnet", "testnet", adaptertype.StellarTestnet, c.Testnet}, {"Stellar mainnet", "mainnet", adaptertype.StellarMainnet, c.Mainnet},
	} {
		if !l.ledger.Complete() {
			continue
		}
		out = append(out, starter{
			name: l.name + " + IPFS", description: l.name + " and IPFS, from the settings of the deployment", kind: l.kind,
			contracts: &Contracts{Network: l.network, IPCM: &Contract{
				Address: l.ledger.IPCMContract, Name: "IPCM", Methods: map[string]Method{},
			}},
			headers: map[string]string{
				"stellar_secret": l.ledger.Secret, "nft_contract": l.ledger.NFTContract,
				"interface_address": l.ledger.IPCMContract, "source_account_identity": l.network,
			},
		})
	}
	return out
}

// sealed is the configuration of a set. They are as old as their order.
func (s *Service) sealed(f starter, order int) (Config, error) {
	endpoint := s.config.Adapters.IPFSEndpoint
	if endpoint == "" {
		endpoint = "https://" + pinata.Host
	}
	apiKey, secretKey, id := s.config.Adapters.PinataAPIKey, s.config.Adapters.PinataSecretKey, s.store.NewID()
	p := s.vault.prepare(&connectionRequest{
		Endpoint: endpoint, APIKey: &apiKey, SecretKey: &secretKey, Auth: AuthType{Name: authKey}, TimeoutMS: 60000, Retries: 3,
		Concurrent: 10, Headers: f.headers,
	}, id, Connection{})
	connection, err := p.connection(Connection{})
	at := s.store.Now().Add(time.Duration(order) * time.Millisecond)
	return Config{
		ID: id, Name: f.name, Description: f.description, Type: f.kind, Connection: connection, Contracts: f.contracts, Active: true,
		CreatedBy: "system", CreatedAt: at, UpdatedAt: at, TestStatus: NotTested,
	}, err
}

func (s *Service) notice(ctx context.Context, setting, message string) {
	if span := trace.FromContext(ctx); span != nil {
		n := span.Notice("warn", "bootstrap", message)
		n.Setting = setting
		s.logger.Log(n)
	}
}
