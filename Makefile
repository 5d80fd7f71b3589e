# Noria. One non-recursive Makefile; `make help` lists what can be asked of it.
#
#   MODE=release (default) | asan | tsan | cov | fuzz      each builds into build/$(MODE)/
#
# Sources are found by wildcard: a new .c file, template, query or migration needs no edit here.

MODE ?= release
PORT ?= 8080
BUILD := build/$(MODE)
GEN := build/gen

# `make V=1` shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '%-5s %s\n' $(1) $(2))

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

# --- sources ----------------------------------------------------------------------------------------
# Every file below a folder that matches a pattern; nothing when the folder does not exist.
find = $(sort $(shell find $(1) -name node_modules -prune -o -name '$(2)' -type f -print 2>/dev/null))

LIB_C := $(call find,lib,*.c)
PROGRAM_C := server/main.c server/screening/known/main.c client-cli/main.c client-cli/pdf/main.c
SERVER_C := $(filter-out $(PROGRAM_C),$(call find,server,*.c))
CLIENT_C := $(filter-out $(PROGRAM_C),$(call find,client-cli,*.c))
# Pure cores of the server that the client also runs (no database, no HTTP).
SHARED_C := $(wildcard server/screening/mrz.c server/screening/mrz_states.c server/screening/mrz_dates.c \
            $(call find,server/screening,names*.c) $(call find,server/screening,linkage*.c) \
            $(call find,server/matching,assign*.c) $(addprefix server/matching/,engine.c plan.c \
            score.c lines.c inputs.c exported.c) server/returns/stay.c)
TEST_C := $(call find,tests,test_*.c)
# What tests share: tests/support, and the fixtures beside the server's tests.
SUPPORT_C := $(call find,tests/support,*.c) $(filter-out $(TEST_C),$(call find,tests/server,*.c))
# Behind a C interface, for tests and benches only: what others' C++ libraries say (LEMON).
SUPPORT_CXX := $(call find,tests/support,*.cpp)
BENCH_C := $(call find,tests/bench,bench_*.c)
FUZZ_C := $(call find,tests/fuzz,fuzz_*.c)
SQL := $(call find,server,*.sql)
# Statements of tests: in a table of their own behind the server's, so that tests can link either.
TEST_SQL := $(call find,tests/server,*.sql)
KNOWN_NAMES := $(call find,server/screening/known,*.names)
PO := $(call find,templates/i18n,*.po)
LANGS := $(sort $(foreach po,$(PO),$(word 3,$(subst /, ,$(po)))))
MO := $(LANGS:%=$(GEN)/i18n/%.mo)

TEMPLATES := $(filter-out templates/static/% templates/i18n/%,$(sort $(shell find templates -type f 2>/dev/null)))
STATIC := $(sort $(shell find templates/static -type f 2>/dev/null))
MIGRATIONS := $(call find,migrations,*.sql)
OPENAPI := $(wildcard docs/openapi.yaml)
# name=file for each file that the server carries inside itself.
EMBED := $(foreach f,$(TEMPLATES) $(MIGRATIONS),$(f)=$(f)) \
         $(foreach f,$(STATIC),$(f:templates/%=%)=$(f)) \
         $(foreach f,$(OPENAPI),openapi.yaml=$(f)) \
         $(foreach f,$(MO),$(f:$(GEN)/%=%)=$(f)) words=$(GEN)/words

# --- tools and flags --------------------------------------------------------------------------------
PACKAGES := libpq libmicrohttpd gnutls libqrencode libcjson libuv libcrypto libsodium zlib cairo \
            pangocairo harfbuzz-subset fontconfig zbar libpng libjpeg libzip expat xlsxwriter liboath icu-uc icu-i18n libcurl poppler-glib
ifneq ($(filter-out deps clean distclean stop help run test,$(or $(MAKECMDGOALS),all)),)
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES)))
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES)) -lcsv -lm
# --as-needed leaves out what a program does not use (the C++ library: all but a few tests).
CHECK_LIBS := $(shell pkg-config --libs check) -llemon -lstdc++
endif

WARNINGS := -Werror -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wcast-qual -Wvla -Wundef -Wformat=2 -Wwrite-strings -Wswitch-enum
GCC_WARNINGS := -Wduplicated-cond -Wlogical-op

CC := gcc
CXX := g++
ifeq ($(MODE),release)
MODE_CFLAGS := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
               -fcf-protection -ftrivial-auto-var-init=zero
else ifeq ($(MODE),asan)
MODE_CFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(MODE),tsan)
MODE_CFLAGS := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
else ifeq ($(MODE),cov)
# Sanitizers and coverage in one build, so that one pass of the tests gives both.
MODE_CFLAGS := -O1 -g --coverage -fsanitize=address,undefined -fno-sanitize-recover=all \
               -fno-omit-frame-pointer
else ifeq ($(MODE),fuzz)
CC := clang
CXX := clang++
GCC_WARNINGS := -Wno-unknown-warning-option
MODE_CFLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
else
$(error MODE must be release, asan, tsan, cov or fuzz)
endif

# GCC's look at buffer sizes errs in sanitized code (its manual says so); release judges it.
ifneq ($(filter asan tsan cov,$(MODE)),)
GCC_WARNINGS += -Wno-format-truncation
endif

CPPFLAGS := -I$(GEN) -iquote . -D_GNU_SOURCE
CFLAGS := -std=gnu17 -fPIE $(WARNINGS) $(GCC_WARNINGS) $(MODE_CFLAGS)
LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed -pthread $(filter -f% --coverage,$(MODE_CFLAGS))
# What is not shipped is linked by gold, which takes less than half the time of the usual linker.
TEST_LDFLAGS := $(LDFLAGS) $(if $(shell command -v ld.gold),-fuse-ld=gold)

# --- objects ----------------------------------------------------------------------------------------
objects = $(1:%.c=$(BUILD)/%.o)
LIB_A := $(BUILD)/lib.a
SERVER_A := $(BUILD)/server.a
CLIENT_A := $(BUILD)/client.a
SUPPORT_A := $(BUILD)/support.a
TESTS := $(TEST_C:%.c=$(BUILD)/%)
BENCHES := $(BENCH_C:%.c=$(BUILD)/%)
FUZZERS := $(FUZZ_C:%.c=$(BUILD)/%)
PROGRAMS := $(if $(wildcard server/main.c),$(BUILD)/noria-server) \
            $(if $(wildcard client-cli/main.c),$(BUILD)/noria $(BUILD)/noria-pdf)

.PHONY: all programs tests benches fuzzers objects
all: objects programs tests
programs: $(PROGRAMS)
tests: $(TESTS)
benches: $(BENCHES)
fuzzers: $(FUZZERS)
objects: $(LIB_A) $(SERVER_A) $(CLIENT_A) $(SUPPORT_A) $(TESTS:%=%.o)

$(BUILD)/%.o: %.c Makefile | $(GEN)/stmt.h $(GEN)/embed.h $(GEN)/names_known.h
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gen/%.o: $(GEN)/%.c Makefile | $(GEN)/stmt.h $(GEN)/embed.h $(GEN)/names_known.h
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(CPPFLAGS) -std=c++17 -fPIE -Werror -Wall -Wextra \
	    -Wno-maybe-uninitialized $(GCC_WARNINGS) $(MODE_CFLAGS) -MMD -MP -c -o $@ $<

# Tests see the server's statements and, after them, their own. How much of a test runs is not counted.
$(BUILD)/tests/%.o $(BUILD)/gentest/%.o: private CPPFLAGS := -Ibuild/gentest $(CPPFLAGS)
$(BUILD)/tests/%.o $(BUILD)/gentest/%.o: private MODE_CFLAGS := $(filter-out --coverage,$(MODE_CFLAGS))
$(BUILD)/tests/%.o $(BUILD)/gentest/%.o: private CFLAGS := $(filter-out --coverage,$(CFLAGS))
$(TESTS:%=%.o) $(BENCHES:%=%.o) $(SUPPORT_C:%.c=$(BUILD)/%.o): | build/gentest/stmt.h
$(BUILD)/gentest/stmt.o: build/gentest/stmt.c Makefile | build/gentest/stmt.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# An archive is made anew, so that a removed source leaves no member behind.
define archive
@mkdir -p $(@D)
@rm -f $@
$(Q)ar rcs $@ $(filter %.o,$^)
endef
$(LIB_A): $(call objects,$(LIB_C)); $(archive)
$(SERVER_A): $(call objects,$(SERVER_C)) $(BUILD)/gen/stmt.o $(BUILD)/gen/embed.o; $(archive)
$(CLIENT_A): $(call objects,$(CLIENT_C) $(SHARED_C)); $(archive)
$(SUPPORT_A): $(call objects,$(SUPPORT_C)) $(SUPPORT_CXX:%.cpp=$(BUILD)/%.o); $(archive)

$(BUILD)/noria-server: $(BUILD)/server/main.o $(SERVER_A) $(LIB_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(BUILD)/noria: $(BUILD)/client-cli/main.o $(CLIENT_A) $(LIB_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

# What reads strangers' PDFs stands alone: it is run with little memory and time, and the other
# commands do not load its libraries.
$(BUILD)/noria-pdf: $(BUILD)/client-cli/pdf/main.o $(LIB_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

# Tests of the client link the client's objects, all others the server's.
$(BUILD)/tests/client-cli/%: $(BUILD)/tests/client-cli/%.o $(CLIENT_A) $(SUPPORT_A) $(LIB_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LDFLAGS) -o $@ $< $(SUPPORT_A) $(CLIENT_A) $(LIB_A) $(CHECK_LIBS) $(PKG_LIBS)
# The matching bench reads real orders as the demo does.
$(BUILD)/tests/bench/bench_matching: $(BUILD)/tests/bench/match_orders.o $(CLIENT_A)
# The kill tests are clients of real programs.
CHAOS_A := $(BUILD)/chaos.a
$(CHAOS_A): $(call objects,$(filter-out tests/chaos/test_% tests/chaos/chaos.c,$(wildcard tests/chaos/*.c))); $(archive)
# What they load into server and PostgreSQL before all other libraries.
PRELOADS := $(patsubst %.c,$(BUILD)/%.so,$(wildcard tests/chaos/preload/*.c))
$(BUILD)/tests/chaos/preload/%.so: tests/chaos/preload/%.c tests/chaos/preload/control.h
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -D_GNU_SOURCE -std=gnu17 -O2 -g -fPIC -shared -fno-builtin $(WARNINGS) $(GCC_WARNINGS) -o $@ $<
$(BUILD)/tests/server/privacy/test_memory: | $(BUILD)/tests/chaos/preload/keep_freed.so # its control
$(filter $(BUILD)/tests/chaos/%,$(TESTS)) $(BUILD)/tests/chaos/chaos: %: %.o $(CHAOS_A) $(SUPPORT_A) $(CLIENT_A) $(LIB_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LDFLAGS) -o $@ $< $(CHAOS_A) $(SUPPORT_A) $(CLIENT_A) $(LIB_A) $(CHECK_LIBS) $(PKG_LIBS)
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(SUPPORT_A) $(SERVER_A) $(LIB_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LDFLAGS) -fsanitize=fuzzer -o $@ $< $(SUPPORT_A) $(SERVER_A) $(LIB_A) $(PKG_LIBS)
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/gentest/stmt.o $(SERVER_A) $(SUPPORT_A) $(LIB_A)
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LDFLAGS) -o $@ $< $(filter %/match_orders.o,$^) $(BUILD)/gentest/stmt.o $(SUPPORT_A) \
	    $(SERVER_A) $(filter $(CLIENT_A),$^) $(LIB_A) $(CHECK_LIBS) $(PKG_LIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# --- generated code ---------------------------------------------------------------------------------
# A list file changes only when the list does, so that a removed file is noticed too.
define remember
@mkdir -p $(@D)
@printf '%s\n' $(1) | cmp -s - $@ || printf '%s\n' $(1) > $@
endef
.PHONY: FORCE
$(GEN)/sql.list: FORCE; $(call remember,$(SQL) $(TEST_SQL))
$(GEN)/embed.list: FORCE; $(call remember,$(EMBED))
$(GEN)/po.list: FORCE; $(call remember,$(PO))

SQL2C := $(or $(wildcard tools/sql2c.awk),/dev/null)
$(GEN)/stmt.h: $(SQL2C) $(GEN)/sql.list $(SQL)
	$(Q)awk -v out=h -f $(SQL2C) $(SQL) /dev/null > $@.new
	$(Q)test -s $@.new || echo 'enum stmt { Q_NONE };' > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(GEN)/stmt.c: $(SQL2C) $(GEN)/sql.list $(SQL) | $(GEN)/stmt.h
	$(Q)awk -v out=c -f $(SQL2C) $(SQL) /dev/null > $@

build/gentest/stmt.h: $(SQL2C) $(GEN)/sql.list $(SQL) $(TEST_SQL)
	@mkdir -p $(@D)
	$(Q)awk -v out=h -f $(SQL2C) $(SQL) $(TEST_SQL) /dev/null > $@.new
	$(Q)cmp -s $@.new $@ && rm $@.new || mv $@.new $@
build/gentest/stmt.c: $(SQL2C) $(GEN)/sql.list $(SQL) $(TEST_SQL) | build/gentest/stmt.h
	$(Q)awk -v out=c -f $(SQL2C) $(SQL) $(TEST_SQL) /dev/null > $@

# The names that the comparison of names knows, as they are heard.
NAMES2C := server/screening/known/main.c $(addprefix server/screening/,names_sound.c names_latin.c) \
           $(addprefix lib/base/,text.c arena.c memory.c log.c)
$(GEN)/names2c: $(NAMES2C) server/screening/names_sound.h server/screening/names.h
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu17 -O1 $(CPPFLAGS) -o $@ $(NAMES2C)
$(GEN)/names.list: FORCE; $(call remember,$(KNOWN_NAMES))
$(GEN)/names_known.h: $(GEN)/names2c $(GEN)/names.list $(KNOWN_NAMES)
	$(Q)$(GEN)/names2c $(KNOWN_NAMES) > $@

# What nobody may take for a password (server/account/weak.h): the word list of cracklib.
$(GEN)/words: /usr/share/dict/cracklib-small
	@mkdir -p $(@D)
	$(Q)LC_ALL=C awk 'length >= 4' $< | LC_ALL=C sort -u > $@

$(GEN)/embed.h: tools/embed.sh
	@mkdir -p $(@D)
	$(Q)tools/embed.sh header > $@
$(GEN)/embed.c: tools/embed.sh $(GEN)/embed.list $(GEN)/words $(TEMPLATES) $(STATIC) $(MIGRATIONS) $(OPENAPI) $(MO)
	$(call say,GEN,$@)
	$(Q)tools/embed.sh source $(EMBED) > $@

# One .mo a language, from all features' .po files; a msgid given twice must be translated the same.
$(GEN)/i18n/%.mo: $(PO) $(GEN)/po.list
	@mkdir -p $(@D)
	$(Q)msgcat --use-first -o $(@:.mo=.po) $(filter templates/i18n/$*/%,$(PO))
	$(Q)msgfmt --check-format -o $@ $(@:.mo=.po)

# --- style ------------------------------------------------------------------------------------------
C_FILES := $(foreach d,lib server client-cli tests,$(call find,$(d),*.[ch]))
.PHONY: format format-check tidy style
format:
	clang-format -i $(C_FILES)
format-check:
	clang-format --dry-run -Werror $(C_FILES)
style:
	tools/check-style.sh
	tools/check-i18n.pl
# What is shipped; the tests stand under the compiler's warnings and the sanitizers. A file is looked
# at again when it, any header or the set of checks changed.
TIDY := $(patsubst %.c,build/tidy/%.ok,$(LIB_C) $(SERVER_C) $(CLIENT_C) $(wildcard $(PROGRAM_C)))
tidy: $(TIDY)
build/tidy/%.ok: %.c .clang-tidy $(filter %.h,$(C_FILES)) | $(GEN)/stmt.h $(GEN)/embed.h $(GEN)/names_known.h
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	$(Q)clang-tidy --quiet $< -- -std=gnu17 $(CPPFLAGS) $(PKG_CFLAGS) 2> $@.log || \
	    { cat $@.log; exit 1; }
	@touch $@

# --- what a person asks for ---------------------------------------------------------------------------
.PHONY: help deps run stop test demo chaos bench linkage clean distclean
help:
	@echo 'make run         install, build, start a private PostgreSQL, load the demo, serve (PORT=, DATABASE_URL=)'
	@echo 'make test        everything: style, unit, SQL, HTTP, browser, sanitizers, fuzzers, kill tests'
	@echo 'make             the programs and the tests (MODE=release|asan|tsan|cov|fuzz)'
	@echo 'make deps        only install the Debian packages'
	@echo 'make demo        play the demo campaign against a fresh server; leaves var/demo/'
	@echo 'make chaos       throw faults at a server in the middle of writes; leaves var/chaos.json'
	@echo 'make bench       measure; leaves var/bench.json'
	@echo 'make linkage     precision, recall and F1 of the search for duplicates (LINKAGE_DATA=)'
	@echo 'make style format format-check tidy'
	@echo 'make stop clean distclean'
deps:
	tools/deps.sh
run:
	PORT=$(PORT) DATABASE_URL='$(DATABASE_URL)' tools/run.sh serve
demo:
	PORT=$(PORT) tools/run.sh demo
stop:
	tools/run.sh stop
test:
	tools/test.sh $(STAGES)
chaos: programs $(BUILD)/tests/chaos/chaos $(PRELOADS)
	FSYNC=on tools/with-postgres.sh $(BUILD)/tests/chaos/chaos
bench: programs benches $(BUILD)/tests/interop/documents
	tools/bench.sh
# Where the labelled files are: not part of the project.
LINKAGE_DATA ?= ../shared/data
linkage: $(BUILD)/noria
	tools/linkage.sh $(BUILD)/noria $(LINKAGE_DATA)
clean:
	rm -rf build
distclean: stop clean
	rm -rf var node_modules tests/web/node_modules tests/interop/node_modules
