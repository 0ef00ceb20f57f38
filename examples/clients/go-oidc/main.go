// As in the README of go-oidc.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	ctx := context.Background()
	origin := "http://localhost:" + os.Getenv("PORT")
	provider, err := oidc.NewProvider(ctx, os.Getenv("ISSUER"))
	if err != nil {
		panic(err)
	}
	config := oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  origin + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, "profile", "email"},
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: config.ClientID})
	var token *oauth2.Token
	var raw string

	http.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, config.AuthCodeURL("state"), http.StatusFound)
	})
	http.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		var err error
		if token, err = config.Exchange(ctx, r.URL.Query().Get("code")); err == nil {
			raw, _ = token.Extra("id_token").(string)
			_, err = verifier.Verify(ctx, raw)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, "/", http.StatusFound)
	})
	http.HandleFunc("/refresh", func(w http.ResponseWriter, r *http.Request) {
		fresh, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		token = fresh
		fmt.Fprint(w, `{"refreshed":true}`)
	})
	http.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		var claims struct {
			EndSession string `json:"end_session_endpoint"`
		}
		_ = provider.Claims(&claims)
		back := url.Values{"id_token_hint": {raw}, "post_logout_redirect_uri": {origin + "/"}}
		token = nil
		http.Redirect(w, r, claims.EndSession+"?"+back.Encode(), http.StatusFound)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		told := map[string]any{}
		if token != nil {
			if info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token)); err == nil {
				_ = info.Claims(&told)
			}
		}
		_ = json.NewEncoder(w).Encode(told)
	})
	fmt.Println("listening")
	panic(http.ListenAndServe("localhost:"+os.Getenv("PORT"), nil))
}
