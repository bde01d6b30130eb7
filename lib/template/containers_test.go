package template

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"catalog/contract"
)

// containers of a task, in every environment.
func eachContainer(t *testing.T, visit func(e *environment, name string, c map[string]any)) {
	t.Helper()
	for _, e := range environments {
		_, task := e.catalog.one(t, "AWS::ECS::TaskDefinition")
		for _, c := range task["ContainerDefinitions"].([]any) {
			visit(e, in(c, "Name").(string), c.(map[string]any))
		}
	}
}

var fixedVersion = regexp.MustCompile(`^public\.ecr\.aws/aws-observability/[a-z-]+(:v\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$`)

// TestChecklist14_OurImageByDigest: what runs is what was released. The
// parameter takes nothing but a digest.
func TestChecklist14_OurImageByDigest(t *testing.T) {
	t.Parallel()
	eachContainer(t, func(e *environment, name string, c map[string]any) {
		image := rendered(c["Image"])
		switch name {
		case "api":
			want(t, registryOf(e)+"@${ImageDigest}", image)
		case "migrate": // the same one, unless a release says otherwise
			parts := in(c["Image"], "Fn::Join", 1).([]any)
			want(t, registryOf(e)+"@", rendered(map[string]any{"Fn::Join": []any{"", parts[:len(parts)-1]}}))
			want(t, map[string]any{
				"Fn::If": []any{"MigrationIsOfTheImage", ref("ImageDigest"), ref("MigrationImageDigest")},
			}, parts, len(parts)-1)
		default:
			if !fixedVersion.MatchString(fmt.Sprint(image)) {
				t.Errorf("%s runs %s, which names no version", name, image)
			}
		}
	})
	takesDigests(t, catalogTemplate, "ImageDigest", false)
	takesDigests(t, catalogTemplate, "MigrationImageDigest", true)
	want(t, "", catalogTemplate.Parameters["MigrationImageDigest"], "Default")
}

func registryOf(e *environment) string {
	return "123456789012.dkr.ecr.ap-southeast-2.${AWS::URLSuffix}/ecr-catalog-" + e.suffix
}

// takesDigests holds a parameter's pattern to digests, and perhaps to none.
func takesDigests(t *testing.T, tmpl template, parameter string, orNothing bool) {
	t.Helper()
	pattern := regexp.MustCompile(tmpl.Parameters[parameter]["AllowedPattern"].(string))
	for given, taken := range map[string]bool{
		"sha256:" + strings.Repeat("0f", 32): true, "latest": false, "sha256:" + strings.Repeat("0f", 31): false, "": orNothing,
	} {
		if pattern.MatchString(given) != taken {
			t.Errorf("%s takes %q: %v", parameter, given, !taken)
		}
	}
}

func TestChecklist15_EveryContainerIsReadOnlyAndPowerless(t *testing.T) {
	t.Parallel()
	eachContainer(t, func(_ *environment, name string, c map[string]any) {
		want(t, true, c, "ReadonlyRootFilesystem")
		want(t, []string{"ALL"}, c, "LinuxParameters", "Capabilities", "Drop")
		want(t, nil, c, "LinuxParameters", "Capabilities", "Add")
		want(t, true, c, "LinuxParameters", "InitProcessEnabled")
		if user, _ := c["User"].(string); !regexp.MustCompile(`^[1-9][0-9]*$`).MatchString(user) {
			t.Errorf("%s runs as %q", name, user)
		}
		if c["Privileged"] == true {
			t.Errorf("%s is privileged", name)
		}
	})
}

// TestChecklist17_NoShellStartsOrChecks: programs of the image, by their path.
func TestChecklist17_NoShellStartsOrChecks(t *testing.T) {
	t.Parallel()
	checked := 0
	eachContainer(t, func(_ *environment, name string, c map[string]any) {
		if c["EntryPoint"] != nil {
			t.Errorf("%s has another entry point than its image's", name)
		}
		command, _ := in(c, "HealthCheck", "Command").([]any)
		if command == nil {
			return
		}
		checked++
		if command[0] != "CMD" || len(command) < 2 || !strings.HasPrefix(command[1].(string), "/") {
			t.Errorf("%s is checked by %s", name, asJSON(command))
		}
	})
	if checked != 2*len(environments) {
		t.Errorf("%d containers have a health check, want the API and the collector", checked)
	}
}

// TestChecklist18_LivenessAsksTheTaskAlone: the check is the API's own, and
// api/rest holds that /health answers 200 while the database is away.
func TestChecklist18_LivenessAsksTheTaskAlone(t *testing.T) {
	t.Parallel()
	want(t, []string{"CMD", "/catalog", "healthcheck"}, container(t, "api"), "HealthCheck", "Command")
	if text := read(t, "../../api/rest/health_test.go"); !strings.Contains(text, "func TestS3_HealthOutlivesTheDatabase(") {
		t.Error("nothing holds that /health outlives the database")
	}
}

// TestChecklist19_TracingNeverHoldsTheAPIUp: not essential, with a share of
// its own, and the API waits for its start alone.
func TestChecklist19_TracingNeverHoldsTheAPIUp(t *testing.T) {
	t.Parallel()
	eachContainer(t, func(_ *environment, name string, c map[string]any) {
		want(t, name == "api", c, "Essential")
		if cpu, _ := c["Cpu"].(float64); cpu <= 0 {
			t.Errorf("%s has no CPU of its own", name)
		}
		if memory, _ := c["Memory"].(float64); memory <= 0 {
			t.Errorf("%s has no memory of its own", name)
		}
		if name == "api" {
			want(t, "START", byKey(c["DependsOn"], "ContainerName", "Condition", "otel-collector"))
		}
	})
}

// TestChecklist20_MigrationComesBeforeTheAPI, in a container of its own, with
// the database's credentials and no token (docs/decisions/0014).
func TestChecklist20_MigrationComesBeforeTheAPI(t *testing.T) {
	t.Parallel()
	eachContainer(t, func(_ *environment, name string, c map[string]any) {
		switch name {
		case "api":
			want(t, "SUCCESS", byKey(c["DependsOn"], "ContainerName", "Condition", "migrate"))
			want(t, nil, c, "Command")
		case "migrate":
			want(t, []string{"migrate"}, c, "Command")
			want(t, nil, byKey(c["Secrets"], "Name", "ValueFrom", "API_WRITE_TOKEN"))
			want(t, nil, c, "PortMappings")
		}
	})
}

// TestChecklist21_NoSecretInTheOpen: neither by its name nor as a value that
// CloudFormation would resolve into the task definition.
func TestChecklist21_NoSecretInTheOpen(t *testing.T) {
	t.Parallel()
	open := regexp.MustCompile(`(?i)password|token|secret|username|^DB_`)
	eachContainer(t, func(_ *environment, name string, c map[string]any) {
		for _, variable := range c["Environment"].([]any) {
			if key := in(variable, "Name").(string); open.MatchString(key) {
				t.Errorf("%s has %s in its environment", name, key)
			}
		}
		if strings.Contains(asJSON(c), "{{resolve:") {
			t.Errorf("%s has a secret's value in its definition", name)
		}
	})
	want(t, "DB_PASSWORD", contract.EnvDBPassword) // which the pattern knows
}
