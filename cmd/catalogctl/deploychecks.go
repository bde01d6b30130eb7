package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"catalog/contract"
	"catalog/release/cloud"
)

// checks looks at everything that would make the deployment fail later.
func (d *deploying) checks(ctx context.Context) error {
	begin := time.Now()
	if err := d.checkTree(ctx); err != nil {
		return err
	}
	if err := d.project.CheckTools(); err != nil {
		return err
	}
	d.step("account", fmt.Sprintf("%s in %s, as %s", d.account.ID, d.account.Region, d.account.Identity), begin)
	begin = time.Now()
	for _, name := range stacksOf(d.suffix) {
		stack, err := d.account.Stack(ctx, name)
		if err != nil {
			return err
		}
		if err := stack.Refuses(d.suffix); err != nil {
			return err
		}
	}
	var err error
	if d.service, err = d.account.Service(ctx, d.suffix); err != nil {
		return err
	}
	if d.secrets, err = d.account.CheckSecrets(ctx, d.suffix); err != nil {
		return err
	}
	d.step("secrets", contract.DBSecretName(d.suffix)+" and "+contract.APISecretName(d.suffix)+" have what the tasks need", begin)
	if !d.diff { // a look shows the same change with any image
		if err := d.checkImage(ctx); err != nil {
			return err
		}
	}
	if err := d.synthesize(ctx); err != nil {
		return err
	}
	return d.checkAccount(ctx)
}

// synthesize makes the templates, and sees that they are for this region.
func (d *deploying) synthesize(ctx context.Context) error {
	begin := time.Now()
	made, err := d.project.Synthesize(ctx, d.cdkContext(), d.t.note)
	if err != nil {
		return err
	}
	if d.assembly, err = cloud.ReadAssembly(made.Dir); err != nil {
		return err
	}
	if d.assembly.Region != d.account.Region {
		return fmt.Errorf("the templates are for %s and the account is asked in %s: give --region %s", d.assembly.Region, d.account.Region, d.assembly.Region)
	}
	from := "synthesized"
	if made.Cached {
		from = "from the cache"
	}
	d.step("templates", from, begin)
	return nil
}

// checkAccount sees whether the account takes what the templates bring.
func (d *deploying) checkAccount(ctx context.Context) error {
	begin := time.Now()
	if d.assembly.Bootstrap == 0 {
		d.t.say("  the templates need no bootstrap: it was not looked for")
	} else {
		version, err := d.account.CheckBootstrap(ctx, d.assembly.Bootstrap)
		if err != nil {
			return err
		}
		d.step("bootstrap", fmt.Sprintf("version %d", version), begin)
	}
	begin = time.Now()
	catalog := contract.CatalogStackName(d.suffix)
	stack, err := d.account.Stack(ctx, catalog)
	if err != nil {
		return err
	}
	if stack.Serves() {
		d.step("quotas", "not needed: the stack has its NAT gateways", begin)
		return nil
	}
	if err := d.account.CheckQuotas(ctx, d.assembly.Needs(catalog)); err != nil {
		return err
	}
	d.step("quotas", "there is room for the NAT gateways and their addresses", begin)
	return nil
}

// checkTree refuses a checkout whose state no commit names: nobody could build
// the same again.
func (d *deploying) checkTree(ctx context.Context) error {
	if d.allowDirty || d.diff {
		return nil
	}
	command := exec.CommandContext(ctx, "git", "status", "--porcelain")
	command.Dir = d.project.Dir
	out, err := command.Output()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("git does not say whether the checkout is a commit's: deploy from a clone, or give --allow-dirty")
	}
	if changed := strings.Count(string(out), "\n"); changed > 0 {
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("the checkout has %d changes that no commit has (%s): commit them, or give --allow-dirty", changed, strings.TrimSpace(first))
	}
	return nil
}
